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
