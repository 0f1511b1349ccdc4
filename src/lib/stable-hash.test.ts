import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stableHash } from './stable-hash.ts';

test('a hash is 16 hex digits and never changes between versions', () => {
  assert.match(stableHash(['a']), /^[0-9a-f]{16}$/);
  assert.equal(
    stableHash(['test', 'unit', 'a.test.js', 'adds']),
    stableHash(['test', 'unit', 'a.test.js', 'adds']),
  );
});

test('where one part ends and the next begins counts', () => {
  assert.notEqual(stableHash(['ab', 'c']), stableHash(['a', 'bc']));
  assert.notEqual(stableHash(['a', '']), stableHash(['a']));
});

test('a hundred thousand similar names have no hash in common', () => {
  const seen = new Set(Array.from({ length: 100_000 }, (_, index) => stableHash(['test', `case ${index}`])));
  assert.equal(seen.size, 100_000);
});
