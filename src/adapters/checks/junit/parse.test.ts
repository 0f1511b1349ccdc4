import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { junit } from './index.ts';
import { parseXml } from './xml.ts';

test('a pytest module that cannot be imported is a finding of its file, and the others still run', () =>
  withRecording('junit', 'pytest-broken', (output) => {
    const report = junit.parse(output) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title, file, line }) => [title, file, line]),
      [
        ['tests/test_missing.py', 'tests/test_missing.py', 1],
        ['test_fixture', 'tests/test_p.py', 15],
        ['test_each[b/c]', 'tests/test_p.py', 24],
        ['TestClass > test_method', 'tests/test_p.py', 29],
      ],
    );
    const names = report.passed.map((id) => report.names[id]);
    assert.deepEqual(names, [
      'tests/test_p.py: test_ok',
      'tests/test_p.py: test_each[x y]',
      'tests/test_p.py',
    ]);
    assert.deepEqual(
      report.skipped.map((id) => report.names[id]),
      ['tests/test_p.py: test_skip'],
    );
    assert.equal(report.complete, true);
  }));

test('pytest that stops at the first failure is not complete', () =>
  withRecording('junit', 'pytest-first', (output) => {
    const report = junit.parse(output) ?? assert.fail();
    assert.equal(report.findings.length, 1);
    assert.equal(report.complete, false);
  }));

test('files that vitest cannot load are findings of the files', () =>
  withRecording('junit', 'vitest-broken', (output) => {
    const report = junit.parse(output) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title, file }) => [title, file]),
      [
        ['maths & <co> > subtracts', 'test/a.test.js'],
        ['test/missing.test.js', 'test/missing.test.js'],
        ['test/syntax.test.js', 'test/syntax.test.js'],
      ],
    );
  }));

test('pytest counts lines from zero where it names no place, and a module that skips itself does not pass', () =>
  withRecording('junit', 'pytest-broken', (output) => {
    const text = `<testsuite><testcase classname="tests.test_p" name="test_x" file="tests/test_p.py" line="7"><failure/></testcase>
      <testcase classname="" name="tests.test_missing" file="tests/test_missing.py"><skipped message="no"/></testcase></testsuite>`;
    const report = junit.parse({ ...output, reports: [{ name: 'pytest.xml', text }] }) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title, line, message }) => [title, line, message]),
      [['test_x', 8, 'It failed without a message.']],
    );
    assert.deepEqual(
      report.passed.map((id) => report.names[id]),
      ['tests/test_p.py'],
    );
    assert.deepEqual(
      report.skipped.map((id) => report.names[id]),
      ['tests/test_missing.py'],
    );
  }));

test('pytest is asked for its report and to go on behind a module that cannot be imported, wherever it runs', () => {
  const context = {
    check: 'test',
    command: 'make test',
    resolved: 'pytest',
    reportDir: '/r e',
    root: import.meta.dirname,
  };
  const options = junit.instrument(context)?.env['PYTEST_ADDOPTS'];
  assert.equal(
    options,
    "--junit-xml='/r e/pytest.xml' -o junit_family=xunit1 --continue-on-collection-errors",
  );
  assert.equal(junit.instrument({ ...context, resolved: 'pytest --junitxml=x' }), null);
});

test('XML is read with entities, character data and quotes of both kinds', () => {
  const root = parseXml(
    `<?xml version="1.0"?><!-- <no> --><a x='1 > 0' y="&lt;&#x41;&#66;&amp;lt;">t<![CDATA[<raw>]]>&gt;<b/></a>`,
  );
  assert.deepEqual({ ...root?.attributes }, { x: '1 > 0', y: '<AB&lt;' });
  assert.equal(root?.text, 't<raw>>');
  assert.deepEqual(
    root?.children.map(({ name }) => name),
    ['b'],
  );
});

test('hostile XML is read in linear time, and expands nothing', () => {
  const bomb = '<!DOCTYPE a [<!ENTITY x "1234567890"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>';
  assert.equal(parseXml(bomb)?.text, '&y;');
  const started = performance.now();
  parseXml('<a>'.repeat(200_000));
  parseXml('<'.repeat(500_000));
  parseXml(`<a ${'b="'.repeat(300_000)}`);
  parseXml('<![CDATA['.repeat(100_000));
  parseXml(`<a>${'</b>'.repeat(200_000)}`);
  parseXml('&'.repeat(500_000));
  assert.ok(performance.now() - started < 5000);
  assert.deepEqual(Object.getPrototypeOf(parseXml('<a __proto__="x"/>')?.attributes), null);
});
