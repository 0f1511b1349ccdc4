import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remember } from './remember.ts';

test('an answer is asked for once, a failure again, and the oldest answer goes first', async () => {
  const asked: string[] = [];
  let fails = true;
  const answer = remember(2, async (key) => {
    asked.push(key);
    if (key === 'bad' && fails) throw new Error('no');
    return key.toUpperCase();
  });
  assert.deepEqual(await Promise.all([answer('a'), answer('a')]), ['A', 'A']);
  await assert.rejects(answer('bad'));
  fails = false;
  assert.equal(await answer('bad'), 'BAD');
  await answer('c');
  await answer('a');
  assert.deepEqual(asked, ['a', 'bad', 'bad', 'c', 'a']);
});
