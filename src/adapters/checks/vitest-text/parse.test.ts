import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckResult } from '../../../domain/check-result.ts';
import { judge } from '../../../domain/verdict.ts';
import { judgeOutput } from '../judge-output.ts';
import { withRecording } from '../test-support/recordings.ts';
import { parse } from './parse.ts';

const recorded = (name: string): Promise<CheckResult> =>
  withRecording('vitest-text', name, (output) => judgeOutput(output, { durationMs: 0, timeoutMs: 1000 }));

test('a test that fails is one finding, in the file of its package, and pnpm’s word on it is none', async () => {
  const { findings, complete } = await recorded('first-package');
  const shown = findings.map(({ file, line, title }) => [file, line, title]);
  assert.deepEqual(shown, [['packages/a/test/a.test.js', 3, 'adds']]);
  assert.match(findings[0]?.message ?? '', /^AssertionError: expected -1 to be 3/);
  assert.equal(complete, false);
});

test('with each package mended the next one is seen, and nothing speaks against the change', async () => {
  const [base, after, green] = await Promise.all(['first-package', 'second-package', 'green'].map(recorded));
  assert.ok(base !== undefined && after !== undefined && green !== undefined);
  assert.deepEqual(
    after.findings.map(({ file }) => file),
    ['packages/b/test/b.test.js'],
  );
  const files = new Set(['a', 'b', 'c'].map((name) => `packages/${name}/test/${name}.test.js`));
  const problems = (from: CheckResult, to: CheckResult): string[] => {
    const trees = { base: { tree: 'x', checks: [from] }, after: { tree: 'y', checks: [to] } };
    return judge({ ...trees, targets: from.findings, flaky: new Set(), files }).map(({ code }) => code);
  };
  assert.deepEqual(problems(base, after), []);
  assert.deepEqual(problems(base, green), []);
  assert.deepEqual(problems(after, green), []);
  assert.deepEqual(problems(base, base), ['still_failing']);
  assert.ok(problems(after, base).includes('regression'));
});

test('files that cannot be loaded, projects and tests with one message are read', () => {
  const text = [
    ' RUN  v5.1.1 .',
    ' FAIL  a.test.js [ a.test.js ]',
    'SyntaxError: x',
    '⎯⎯⎯[1/3]⎯',
    ' FAIL  |web| b.test.js > suite > one',
    ' FAIL  |web| b.test.js > suite > two',
    'Error: both',
    ' ❯ helper lib/x.js:1:1',
    ' ❯ b.test.js:7:1',
    '⎯⎯⎯[3/3]⎯',
    ' ✓ |web| c.test.js (2 tests | 1 skipped) 3ms',
    ' Test Files  2 failed | 1 passed (3)',
  ].join('\n');
  const rest = { stdout: text, stderr: '', combined: text, timedOut: false, reports: [] };
  const report = parse({ check: 'test', command: './t', root: import.meta.dirname, exitCode: 1, ...rest });
  assert.deepEqual(
    report?.findings.map(({ title, line, message }) => [title, line, message.split('\n')[0]]),
    [
      ['a.test.js', null, 'SyntaxError: x'],
      ['suite > one', 7, 'Error: both'],
      ['suite > two', 7, 'Error: both'],
    ],
  );
  assert.deepEqual(
    report?.passed.map((id) => report.names[id]),
    ['c.test.js'],
  );
});
