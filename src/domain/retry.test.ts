import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from './evidence.ts';
import { afterVerdict, discardPaths, isWorthKeeping } from './retry.ts';

test('a failed attempt is followed by another one while attempts are left', () => {
  const verdict = { status: 'failed' } as const;
  assert.equal(afterVerdict({ attempt: 1, attemptsAllowed: 3, verdict }), 'retry');
  assert.equal(afterVerdict({ attempt: 2, attemptsAllowed: 3, verdict }), 'retry');
});

test('after the last attempt a task waits for a person', () => {
  assert.equal(afterVerdict({ attempt: 3, attemptsAllowed: 3, verdict: { status: 'failed' } }), 'needs_you');
});

test('an attempt that could not be judged counts like a failed one', () => {
  const verdict = { status: 'not_verifiable' } as const;
  assert.equal(afterVerdict({ attempt: 3, attemptsAllowed: 3, verdict }), 'needs_you');
  assert.equal(afterVerdict({ attempt: 1, attemptsAllowed: 3, verdict }), 'retry');
});

test('asking what follows a passed verdict is a bug and throws', () => {
  const verdict = { status: 'passed' } as const;
  assert.throws(() => afterVerdict({ attempt: 1, attemptsAllowed: 3, verdict }));
});

test('only what policy refused is left out of the next attempt, each path once', () => {
  const rule = { code: 'policy', rule: 'protected-files', message: 'no' } as const;
  assert.deepEqual(
    discardPaths([
      { ...rule, paths: ['b.test.js', 'a.test.js'] },
      { ...rule, paths: ['a.test.js'] },
      { code: 'conflict', paths: ['src/kept.js'], hunks: '' },
    ]),
    ['a.test.js', 'b.test.js'],
  );
});

test('work is kept, but for what was given back with a conflict and still failed', () => {
  const conflict: Problem = { code: 'conflict', paths: ['a.js'], hunks: '' };
  const failed: Problem = { code: 'setup_failed', message: 'no' };
  assert.equal(isWorthKeeping([], [failed]), true);
  assert.equal(isWorthKeeping([failed], [conflict]), true);
  assert.equal(isWorthKeeping([failed, conflict], [failed]), false);
  assert.equal(isWorthKeeping([conflict], [conflict]), true, 'it was resolved, and met another change');
});
