import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckResult } from '../../../domain/check-result.ts';
import { judge } from '../../../domain/verdict.ts';
import type { ParsedReport } from '../../../ports/check-format.ts';
import { judgeOutput } from '../judge-output.ts';
import { inProject } from '../test-support/recordings.ts';
import { labelled } from './index.ts';

function read(combined: string, exitCode = 1): ParsedReport | null {
  const rest = { stdout: combined, stderr: '', combined, timedOut: false, reports: [] };
  return labelled.parse({ check: 'test', command: './none', root: import.meta.dirname, exitCode, ...rest });
}

const cases: Record<string, { text: string; failed: string[]; passed: string[] }> = {
  words: {
    text: 'PASS adds\nFAIL: subtracts: got 4, wanted 2\n  detail\n[ OK ] multiplies\nFAILED (failures=1)\n',
    failed: ['subtracts'],
    passed: ['adds', 'multiplies'],
  },
  'names that differ in a line only': {
    text: 'PASS: reads line 1\nFAIL: reads line 2\n',
    failed: ['reads line 2'],
    passed: ['reads line 1'],
  },
  gtest: {
    text: '[ RUN      ] A.x\na.cc:3: Failure\n[  FAILED  ] A.x (0 ms)\n[       OK ] A.y (1 ms)\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.x\n',
    failed: ['A.x'],
    passed: ['A.y'],
  },
  "pnpm's last word": {
    text: '✓ adds\n× subtracts\nError: ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL\n\n  × "pnpm recursive run" failed in packages/a\n',
    failed: ['subtracts'],
    passed: ['adds'],
  },
  go: {
    text: '--- FAIL: TestA (0.00s)\n    a_test.go:5: bad\n--- PASS: TestB (0.01s)\nFAIL\nFAIL\texample.com/x\t0.003s\n',
    failed: ['TestA'],
    passed: ['TestB'],
  },
  cargo: {
    text: 'test tests::adds ... ok\ntest tests::subtracts ... FAILED\ntest tests::later ... ignored\n',
    failed: ['tests::subtracts'],
    passed: ['tests::adds'],
  },
  ticks: {
    text: '✔ adds (0.5ms)\n✖ subtracts (2.1ms)\n✖ failing tests:\n✖ 5 problems (5 errors)\n',
    failed: ['subtracts'],
    passed: ['adds'],
  },
};

for (const [style, { text, failed, passed }] of Object.entries(cases)) {
  test(`outcomes are read from ${style}`, () => {
    const report = read(text) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title }) => title),
      failed,
    );
    assert.deepEqual(
      report.passed.map((id) => report.names[id]),
      passed,
    );
  });
}

test('what stands around a failure is its message', () => {
  const [finding] = read('PASS a\nexpected 1\nFAIL b\ngot 2\nPASS c\n')?.findings ?? [];
  assert.equal(finding?.message, 'expected 1\nFAIL b\ngot 2');
});

test('a failing check without a labelled failure is not explained by labels', () => {
  assert.equal(read('PASS a\nSegmentation fault\n'), null);
  assert.equal(read('It is OK now, or so it SEEMS\n'), null);
});

test('a script that names only what fails is seen to pass as a whole, and may stop at its first failure', () => {
  const script = '#!/bin/sh\nset -e\ncheck adds\ncheck subtracts\ncheck divides\n';
  return inProject({ 'run.sh': script, 'add.txt': '' }, (root) => {
    const result = (text: string, exitCode: number) => {
      const rest = { stdout: text, stderr: '', combined: text, timedOut: false, reports: [] };
      const output = { check: 'test', command: './run.sh', root, exitCode, ...rest };
      return judgeOutput(output, { durationMs: 0, timeoutMs: 1000 });
    };
    const problems = (base: CheckResult, after: CheckResult) =>
      judge({
        base: { tree: 'a', checks: [base] },
        after: { tree: 'b', checks: [after] },
        targets: base.findings,
        flaky: new Set(),
        files: new Set(['run.sh', 'add.txt']),
      }).map(({ code }) => code);
    const first = result('FAIL adds\n', 1);
    const second = result('FAIL subtracts\n', 1);
    assert.deepEqual(problems(first, second), []);
    assert.deepEqual(problems(second, first), ['regression']);
    assert.deepEqual(problems(first, first), ['still_failing']);
    assert.deepEqual(problems(first, result('', 0)), []);
    const all = result('FAIL adds\nFAIL subtracts\n', 1);
    assert.deepEqual(problems(all, result('', 0)), []);
    assert.deepEqual(problems(all, first), ['still_failing', 'not_seen']);
    assert.deepEqual(problems(all, result('oh\n', 1)), ['not_seen', 'not_seen', 'check_broken']);
  });
});
