import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { runRow, taskRow } from '../../test/support/rows.ts';
import type { Patch } from '../ports/store.ts';
import { applyTransitions } from './apply-transition.ts';

test('A task has at most one attempt that may write: of sixteen that claim it one wins, and an old token writes nothing', async () => {
  const store = openMemoryStore(systemClock);
  const task = taskRow('t1', { run: 'r1', state: 'ready', attempt: 0 });
  await store.commit([{ op: 'insert', kind: 'task', row: task }], []);
  const claim = () =>
    applyTransitions(store, [{ kind: 'task', row: task, event: 'claim', patch: { attempt: 1 } }]);
  const wins = await Promise.all(Array.from({ length: 16 }, claim));
  assert.equal(wins.filter(Boolean).length, 1);

  const first = await store.get('task', 't1');
  assert.ok(first);
  await applyTransitions(store, [{ kind: 'task', row: first, event: 'return' }]);
  const ready = await store.get('task', 't1');
  assert.ok(ready);
  await applyTransitions(store, [{ kind: 'task', row: ready, event: 'claim', patch: { attempt: 2 } }]);
  const late = applyTransitions(store, [
    { kind: 'task', row: first, event: 'land', patch: { landed: { commit: 'x' } } },
  ]);
  assert.equal(await late, false);
  assert.equal((await store.get('task', 't1'))?.landed, null);
});

test('State changes only through its transition table and one writer', async () => {
  const store = openMemoryStore(systemClock);
  const run = runRow('r1', { state: 'finished' });
  await store.commit([{ op: 'insert', kind: 'run', row: run }], []);
  await assert.rejects(
    applyTransitions(store, [{ kind: 'run', row: run, event: 'stop' }]),
    /no stop from finished/,
  );
  assert.equal(await store.lastSeq(), 0);

  assert.ok(
    await applyTransitions(store, [{ kind: 'run', row: run, event: 'resume', body: { why: 'asked' } }]),
  );
  assert.equal((await store.get('run', 'r1'))?.state, 'running');
  const [event] = await store.events(0, {}, 10);
  assert.deepEqual([event?.type, event?.run, event?.body], ['run.resume', 'r1', { why: 'asked' }]);

  // Judged by the compiler: no other write holds a state, nor a move beside its event.
  const mayHold: { state: 'finished'; reason: null } extends Patch<'run'> ? true : false = false;
  assert.equal(mayHold, false);
});
