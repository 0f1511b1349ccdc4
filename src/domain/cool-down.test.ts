import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentFailure } from './agent-facts.ts';
import { coolDownUntil } from './cool-down.ts';

const ended = (endedAt: number, failure: Partial<AgentFailure> | null = null) => ({
  startedAt: endedAt - 1,
  endedAt,
  failure: failure === null ? null : { class: 'rate_limit' as const, message: '', resetAt: null, ...failure },
});

test('an account that was told to wait is left alone until then', () => {
  assert.equal(coolDownUntil([ended(1000, { class: 'usage_limit', resetAt: 9_000_000 })]), 9_000_000);
});

test('a window that was open again when its session ended is tried soon, one of which nothing is known is not', () => {
  assert.equal(coolDownUntil([ended(1000, { class: 'usage_limit', resetAt: 900 })]), 31_000);
  assert.equal(coolDownUntil([ended(1000, { class: 'usage_limit' })]), 1000 + 15 * 60_000);
});

test('each refusal in a row doubles the pause, up to a quarter of an hour', () => {
  assert.equal(coolDownUntil([ended(1000, {})]), 31_000);
  assert.equal(coolDownUntil([ended(2000, {}), ended(1000, {})]), 62_000);
  const many = Array.from({ length: 20 }, (_, at) => ended(at * 10, {}));
  assert.equal(coolDownUntil(many), 190 + 15 * 60_000);
});

test('a session that ended otherwise ends the pause, as does one that failed by itself', () => {
  assert.equal(coolDownUntil([ended(2000), ended(1000, {})]), null);
  assert.equal(coolDownUntil([ended(2000, { class: 'authentication' }), ended(1000, {})]), null);
  assert.equal(coolDownUntil([]), null);
});

test('sessions that ran side by side and were refused together count once', () => {
  const together = [1000, 1010, 1020, 1030].map((at) => ({ ...ended(at, {}), startedAt: 500 }));
  assert.equal(coolDownUntil(together), 1030 + 30_000);
});
