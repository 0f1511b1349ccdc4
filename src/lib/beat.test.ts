import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilBeat } from './beat.ts';

test('who waits for a beat from different moments wakes at one, and not twice for one', () => {
  const wakes = [1000, 1400, 1749].map((now) => now + untilBeat(1000, now));
  assert.deepEqual(wakes, [2000, 2000, 2000]);
  assert.equal(1990 + untilBeat(1000, 1990), 3000, 'it came early');
  assert.equal(untilBeat(1000, 1000.4), 1000, 'never before the beat');
});
