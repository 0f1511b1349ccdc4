import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Semaphore } from './semaphore.ts';

test('no more than the limit hold it at once, and waiters come in the order in which they asked', async () => {
  const semaphore = new Semaphore(2);
  const started: number[] = [];
  let most = 0;
  let now = 0;
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const work = gates.map((gate, index) =>
    semaphore.use(async () => {
      started.push(index);
      most = Math.max(most, ++now);
      await gate.promise;
      now--;
    }),
  );
  for (const gate of gates) {
    gate.resolve();
    await Promise.resolve();
  }
  await Promise.all(work);
  assert.equal(most, 2);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
});

test('a holder that fails gives its place back', async () => {
  const semaphore = new Semaphore(1);
  await assert.rejects(semaphore.use(() => Promise.reject(new Error('no'))));
  assert.equal(await semaphore.use(() => Promise.resolve('next')), 'next');
});
