import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

test('a duration is a number with a unit, or several from large to small', () => {
  assert.equal(parseDuration('30m'), 1_800_000);
  assert.equal(parseDuration('1h30m'), 5_400_000);
  assert.equal(parseDuration(' 90s '), 90_000);
  assert.equal(parseDuration('250ms'), 250);
  assert.equal(parseDuration('1.5h'), 5_400_000);
  assert.equal(parseDuration('2d'), 172_800_000);
  assert.equal(parseDuration('0s'), 0);
});

test('what is no duration is null', () => {
  for (const text of ['', ' ', '30', '-5m', 'm', '1m1h', '1e3s', '5 minutes', `${'9'.repeat(40)}d`]) {
    assert.equal(parseDuration(text), null, text);
  }
});

test('durations are shown in their two largest units', () => {
  const shown = [0, 80, 12_340, 59_949, 59_950, 245_000, 5_400_000, 100_000_000].map(formatDuration);
  assert.deepEqual(shown, ['0ms', '80ms', '12.3s', '59.9s', '1m 00s', '4m 05s', '1h 30m', '1d 04h']);
});

test('whole seconds, minutes and hours are read back as they were written', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(59), fc.nat(59), (h, m, s) => {
      assert.equal(parseDuration(`${h}h${m}m${s}s`), ((h * 60 + m) * 60 + s) * 1000);
    }),
  );
});
