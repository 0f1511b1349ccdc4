import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { nodeTest } from './index.ts';

for (const version of ['', '-node20']) {
  test(`a file that does not load or ends early is a finding of the file${version}`, () =>
    withRecording('node-test', `broken${version}`, (output) => {
      const report = nodeTest.parse(output) ?? assert.fail();
      const files = report.findings.filter(({ title, file }) => title === file);
      assert.deepEqual(
        files.map(({ file }) => file),
        ['exit', 'late', 'missing', 'syntax'].map((name) => `test/${name}.test.js`),
      );
      assert.match(files[2]?.message ?? '', /Cannot find module '\.\/nothing'/);
      assert.match(files[3]?.message ?? '', /SyntaxError/);
      const names = report.passed.map((id) => report.names[id]);
      assert.ok(names.includes('test/a.test.js') && names.includes('test/plain.test.js'));
      assert.ok(!names.includes('test/late.test.js'), 'a file that fails is not seen to pass');
    }));

  test(`a hook that fails is the finding of its suite, and its tests are none${version}`, () =>
    withRecording('node-test', `broken${version}`, (output) => {
      const { findings } = nodeTest.parse(output) ?? assert.fail();
      const hook = findings.find(({ title }) => title === 'bad hook') ?? assert.fail();
      assert.equal(hook.line, 10);
      assert.equal(
        findings.some(({ title }) => title.includes('child one')),
        false,
      );
    }));

  test(`what contains a failing test is judged by its own code${version}`, () =>
    withRecording('node-test', `broken${version}`, (output) => {
      const report = nodeTest.parse(output) ?? assert.fail();
      const names = report.passed.map((id) => report.names[id]);
      assert.ok(names.includes('test/a.test.js: maths') && names.includes('test/a.test.js: parent'));
      const titles = report.findings.map(({ title }) => title);
      assert.ok(titles.includes('maths > divides') && titles.includes('parent > inner bad'));
    }));

  test(`skipped and to-do tests neither pass nor fail${version}`, () =>
    withRecording('node-test', `broken${version}`, (output) => {
      const report = nodeTest.parse(output) ?? assert.fail();
      assert.deepEqual(
        report.skipped.map((id) => report.names[id]),
        ['test/a.test.js: skipped one', 'test/a.test.js: todo one'],
      );
    }));

  test(`a test that never ends is a finding${version}`, () =>
    withRecording('node-test', `pending${version}`, (output) => {
      const { findings } = nodeTest.parse(output) ?? assert.fail();
      assert.deepEqual(
        findings.map(({ title, file, line }) => ({ title, file, line })),
        [{ title: 'never ends', file: 'a.test.js', line: 1 }],
      );
    }));
}

test('two tests of one name of which one fails are not seen to pass', () => {
  const rows = [
    { type: 'start', name: 'same', nesting: 0, file: '/p/a.js' },
    { type: 'pass', name: 'same', nesting: 0, file: '/p/a.js' },
    { type: 'start', name: 'same', nesting: 0, file: '/p/a.js' },
    { type: 'fail', name: 'same', nesting: 0, file: '/p/a.js', failure: 'testCodeFailure', message: 'no' },
  ];
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  const blank = { stdout: '', stderr: '', combined: '', timedOut: false, exitCode: 1 };
  const reports = [{ name: 'node-test-7.jsonl', text: `${text}\n{"type":"pa` }];
  const report =
    nodeTest.parse({ check: 'test', command: 'x', root: '/p', ...blank, reports }) ?? assert.fail();
  assert.equal(report.findings.length, 1);
  assert.deepEqual(
    report.passed.map((id) => report.names[id]),
    ['a.js'],
  );
});
