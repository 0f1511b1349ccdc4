import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedMutex } from './keyed-mutex.ts';

test('work under one key is done one at a time in the order of asking, other keys do not wait', async () => {
  const mutex = new KeyedMutex();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = mutex.run('a', async () => {
    log.push('a1 begins');
    await gate.promise;
    log.push('a1 ends');
  });
  const second = mutex.run('a', async () => log.push('a2'));
  const third = mutex.run('a', async () => log.push('a3'));
  await mutex.run('b', async () => log.push('b'));
  assert.deepEqual(log, ['a1 begins', 'b']);
  gate.resolve();
  await Promise.all([first, second, third]);
  assert.deepEqual(log, ['a1 begins', 'b', 'a1 ends', 'a2', 'a3']);
});

test('a failure goes to whoever asked for that work, and the next has its turn', async () => {
  const mutex = new KeyedMutex();
  const failing = mutex.run('a', async () => {
    throw new Error('mine');
  });
  const next = mutex.run('a', async () => 'done');
  await assert.rejects(failing, /mine/);
  assert.equal(await next, 'done');
});
