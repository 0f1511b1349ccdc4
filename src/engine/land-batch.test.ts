import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import type { Run } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { landingRow, runRow, taskRow } from '../../test/support/rows.ts';
import type { RunContext } from './context.ts';
import { landBatch } from './land-batch.ts';

const clock = stoppedClock();
const [before, after] = ['a'.repeat(40), 'b'.repeat(40)];
const batch = [landingRow('t1'), landingRow('t2')];
const squashes = new Map([
  ['t1.1', after],
  ['t2.1', after],
]);

/** Two tested changes are about to land in a run whose rows are as given; how often the user's branch was moved. */
async function land(run: Partial<Run>, second: Partial<Task>) {
  const store = openMemoryStore(clock);
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1', { head: before, target: before, ...run }) },
      { op: 'insert', kind: 'task', row: taskRow('t1', { state: 'in_flight', attempt: 1 }) },
      { op: 'insert', kind: 'task', row: taskRow('t2', { state: 'in_flight', attempt: 1, ...second }) },
      ...batch.map((row) => ({ op: 'insert', kind: 'landing', row }) as const),
    ],
    [],
  );
  const moves: string[] = [];
  const target: Partial<RunContext['target']> = {
    head: async () => moves.at(-1) ?? before,
    advance: async (_branch, _from, to) => {
      moves.push(to);
      return { kind: 'moved' };
    },
  };
  const hub: Partial<RunContext['hub']> = { setRef: async () => {} };
  const parts: Partial<RunContext> = {
    store,
    clock,
    run: 'run-1',
    branch: 'main',
    rowLock: new Semaphore(1),
  };
  const context = { ...parts, target, hub } as RunContext;
  const settled = await landBatch(context, before, batch, { tip: after, squashes });
  const landings = await store.list('landing', { run: 'run-1' });
  return { settled, moves, landings: landings.map(({ state }) => state) };
}

test('a batch lands, and the target is moved once', async () => {
  assert.deepEqual(await land({}, {}), { settled: 'moved', moves: [after], landings: ['landed', 'landed'] });
});

test('a change does not land for a task that a person cancelled as its verdict came, and gives up its place', async () => {
  const cancelled = await land({}, { state: 'cancelled' });
  assert.deepEqual(cancelled, { settled: 'stale', moves: [], landings: ['queued', 'withdrawn'] });
});

test('a change of an earlier attempt does not land for the next one', async () => {
  const tried = await land({}, { attempt: 2 });
  assert.deepEqual(tried, { settled: 'stale', moves: [], landings: ['queued', 'withdrawn'] });
});

test('nothing begins to land in a run that a person has just stopped', async () => {
  for (const state of ['stopping', 'finished'] as const) {
    const stopped = await land({ state }, {});
    assert.deepEqual(stopped, { settled: 'stale', moves: [], landings: ['queued', 'queued'] }, state);
  }
});
