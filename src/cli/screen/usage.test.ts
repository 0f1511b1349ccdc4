import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourcesText, spentText, usageText } from './usage.ts';

const tokens = { input: 12_345, cached: 1_000, output: 678 };

test('of a session it is said what its agent told, and what it did not', () => {
  assert.equal(
    usageText({ tokens, costUsd: 0.00451 }),
    '12,345 tokens in (1,000 from a cache), 678 out · $0.0045',
  );
  const short = { ...tokens, cached: null };
  assert.equal(usageText({ tokens: short, costUsd: null }), '12,345 tokens in, 678 out · cost unknown');
  assert.equal(usageText({ tokens: null, costUsd: 2 }), 'tokens unknown · $2.00');
  assert.equal(usageText(null), 'not told');
});

test('of a run it is said of how many sessions nobody knows it', () => {
  const all = { sessions: 3, tokens, costUsd: 1.5, tokensUnknown: 0, costUnknown: 0 };
  assert.equal(spentText(all), '3 sessions: 12,345 tokens in (1,000 from a cache), 678 out · $1.50');
  const some = { ...all, tokensUnknown: 1, costUnknown: 2 };
  assert.match(spentText(some), / · \$1\.50 · tokens unknown for 1 session · cost unknown for 2 sessions$/);
  const none = { sessions: 1, tokens: null, costUsd: null, tokensUnknown: 1, costUnknown: 1 };
  assert.equal(spentText(none), '1 session: tokens and cost unknown');
  const most = { ...all, sessions: 4, tokens: null, costUsd: 1.5, tokensUnknown: 4, costUnknown: 3 };
  assert.equal(spentText(most), '4 sessions: $1.50 · tokens unknown · cost unknown for 3 sessions');
  const two = { ...most, tokens, tokensUnknown: 2, costUnknown: 2 };
  assert.match(spentText(two), / · \$1\.50 · tokens and cost unknown for 2 sessions$/);
});

test('what a session uses is memory, time and how many processes', () => {
  const used = { processes: 4, memoryBytes: 311_600_000, cpuMs: 12_340 };
  assert.equal(resourcesText(used), '312 MB and 12.3 s of CPU in 4 processes');
  assert.match(resourcesText({ ...used, processes: 1 }), /in 1 process$/);
});
