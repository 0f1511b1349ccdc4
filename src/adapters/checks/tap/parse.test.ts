import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParsedReport } from '../../../ports/check-format.ts';
import { withRecording } from '../test-support/recordings.ts';
import { tap } from './index.ts';

function read(stdout: string, exitCode = 1): ParsedReport | null {
  const rest = { stderr: '', combined: stdout, timedOut: false, reports: [] };
  return tap.parse({ check: 'test', command: 'x', root: import.meta.dirname, exitCode, stdout, ...rest });
}

for (const version of ['', '-node20']) {
  test(`failures carry the path of names and the place that the report gives${version}`, () =>
    withRecording('tap', `broken${version}`, (output) => {
      const { findings } = tap.parse(output) ?? assert.fail();
      const place = (name: string) =>
        findings.filter(({ title }) => title === name).map(({ file, line }) => [file, line]);
      assert.deepEqual(place('maths > divides'), [['test/a.test.js', 7]]);
      assert.deepEqual(place('test/syntax.test.js'), [['test/syntax.test.js', 1]]);
      assert.deepEqual(place('maths'), []);
    }));
}

test('directives are no results, and a plan that was not fulfilled is not complete', () => {
  const report =
    read('TAP version 14\n1..4\nok 1 - a\nnot ok 2 - b # TODO later\nok 3 - c # skip no network\n') ??
    assert.fail();
  assert.deepEqual(
    report.passed.map((id) => report.names[id]),
    ['a'],
  );
  assert.deepEqual(
    report.skipped.map((id) => report.names[id]),
    ['b', 'c'],
  );
  assert.equal(report.complete, false);
  assert.equal(read('1..1\nok 1 - a\n', 0)?.complete, true);
  assert.equal(read('1..1\nok 1 - a\nBail out! no disk\n')?.complete, false);
});

test('text that only looks a little like it is not taken for it', () => {
  assert.equal(read('ok, let us go\nnot ok with me\n'), null);
  assert.equal(read(''), null);
});
