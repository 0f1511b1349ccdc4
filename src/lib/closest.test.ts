import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closest } from './closest.ts';

test('finds the candidate that was meant, over a missing, a wrong, an extra or two swapped letters', () => {
  const candidates = ['status', 'daemon', 'fix', 'maxAttempts'];
  for (const [word, meant] of [
    ['staus', 'status'],
    ['stattus', 'status'],
    ['demaon', 'daemon'],
    ['Daemon', 'daemon'],
    ['fxi', 'fix'],
    ['maxattempt', 'maxAttempts'],
  ]) {
    assert.equal(closest(word ?? '', candidates), meant);
  }
});

test('guesses nothing where nothing is near', () => {
  assert.equal(closest('banana', ['status', 'fix']), null);
  assert.equal(closest('abc', ['xyz', 'fix']), null);
  assert.equal(closest('x', []), null);
});
