import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParsedReport } from '../../../ports/check-format.ts';
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
  gtest: {
    text: '[ RUN      ] A.x\na.cc:3: Failure\n[  FAILED  ] A.x (0 ms)\n[       OK ] A.y (1 ms)\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.x\n',
    failed: ['A.x'],
    passed: ['A.y'],
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
