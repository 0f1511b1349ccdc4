import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spentBy } from './usage.ts';

const tokens = { input: 100, cached: 60, output: 7 };

test('sums are over the sessions whose agents told, and the other ones are counted', () => {
  const usages = [{ tokens, costUsd: 0.25 }, { tokens, costUsd: null }, { tokens: null, costUsd: 0.5 }, null];
  assert.deepEqual(spentBy(usages), {
    sessions: 4,
    tokens: { input: 200, cached: 120, output: 14 },
    costUsd: 0.75,
    tokensUnknown: 2,
    costUnknown: 2,
  });
});

test('what nobody told is unknown, and not nought', () => {
  assert.deepEqual(spentBy([null]), {
    sessions: 1,
    tokens: null,
    costUsd: null,
    tokensUnknown: 1,
    costUnknown: 1,
  });
  const partly = spentBy([
    { tokens, costUsd: 0 },
    { tokens: { ...tokens, cached: null }, costUsd: null },
  ]);
  assert.deepEqual([partly.tokens?.input, partly.tokens?.cached, partly.costUsd], [200, null, 0]);
});
