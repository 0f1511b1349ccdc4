import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AoError } from '../domain/errors.ts';
import { DiskBlocked } from '../lib/disk-fault.ts';
import { DiskWatch } from './disk-watch.ts';

const home = '/data/ao';
const never = new AbortController().signal;
const full = (): Error => Object.assign(new Error('no space left'), { code: 'ENOSPC' });

function watched(t: { mock: { timers: { enable(options: { apis: ['setInterval'] }): void } } }) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const state = { shortage: null as string | null, trouble: null as string | null };
  const heard: (string | null)[] = [];
  const disk = { shortage: () => state.shortage, trouble: () => state.trouble ?? state.shortage };
  const watch = new DiskWatch(disk, home, (trouble) => void heard.push(trouble));
  return { state, heard, watch };
}

test('a commit outlasts a full disk: tried again until it is written, told once', async (t) => {
  const { state, heard, watch } = watched(t);
  state.trouble = 'full';
  let tries = 0;
  const commit = watch.outlast(async () => {
    tries += 1;
    if (state.trouble !== null) throw new AoError('failed', 'not written', null, { cause: full() });
    return 'written';
  });
  await Promise.resolve();
  for (let second = 0; second < 3; second += 1) t.mock.timers.tick(500);
  assert.deepEqual(heard, ['full']);
  state.trouble = null;
  t.mock.timers.tick(500);
  assert.equal(await commit, 'written');
  assert.deepEqual(heard, ['full', null]);
  assert.equal(tries, 2, 'not tried while the disk takes nothing');
});

test('a fault that is over at once is not told, and one that only the commit meets is', async (t) => {
  const { heard, watch } = watched(t);
  let left = 1;
  const commit = async (): Promise<string> => {
    left -= 1;
    if (left >= 0) throw full();
    return 'written';
  };
  assert.equal(await watch.outlast(commit), 'written');
  assert.deepEqual(heard, []);
  left = 2;
  const second = watch.outlast(commit);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  assert.deepEqual(heard, ['no space left']);
  t.mock.timers.tick(500);
  assert.equal(await second, 'written');
  assert.deepEqual(heard, ['no space left', null]);
});

test('a commit that fails for another reason fails at once, and every commit when the daemon lets go', async (t) => {
  const { state, watch } = watched(t);
  await assert.rejects(
    watch.outlast(() => Promise.reject(new Error('a bug'))),
    /a bug/,
  );
  state.trouble = 'full';
  const waiting = watch.outlast(() => Promise.reject(full()));
  await Promise.resolve();
  watch.close();
  await assert.rejects(waiting, /no space left/);
});

test('nothing begins on a disk in trouble, and what failed on one is no result', async (t) => {
  const { state, heard, watch } = watched(t);
  state.shortage = 'too little is free';
  let ran = 0;
  const run = (outcome: string) => async (): Promise<string> => {
    ran += 1;
    if (outcome === 'fills') state.trouble = 'full';
    return outcome;
  };
  const isSound = (outcome: string): boolean => outcome === 'passed';
  await assert.rejects(watch.guard(run('passed'), isSound), DiskBlocked);
  assert.equal(ran, 0);
  assert.deepEqual(heard, ['too little is free']);
  state.shortage = null;
  t.mock.timers.tick(500);
  assert.equal(await watch.guard(run('failed'), isSound), 'failed', 'the disk is well: believed');
  await assert.rejects(watch.guard(run('fills'), isSound), DiskBlocked);
});

test('whoever waits for the disk goes on when it is well, or when the daemon lets go', async (t) => {
  const { state, watch } = watched(t);
  await watch.over(never);
  state.trouble = 'full';
  assert.equal(watch.trouble(), 'full');
  const letGo = new AbortController();
  const called = watch.over(letGo.signal);
  letGo.abort();
  await called;
  const waiting = watch.over(never);
  state.trouble = null;
  t.mock.timers.tick(500);
  await waiting;
});
