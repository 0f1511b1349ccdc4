import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import type { LandingState } from '../domain/lifecycles/landing.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { landingRow, runRow, taskRow } from '../../test/support/rows.ts';
import { closeTask } from './close-task.ts';
import type { RunContext } from './context.ts';

const clock = stoppedClock();

/** Another commit makes the task's findings pass while its change is as given; what becomes of both. */
async function close(state: LandingState): Promise<string[]> {
  const store = openMemoryStore(clock);
  const task = taskRow('t1', { state: 'in_flight', attempt: 1 });
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'landing', row: landingRow('t1', { state }) },
    ],
    [],
  );
  const context: Partial<RunContext> = { store, clock, run: 'run-1', rowLock: new Semaphore(1) };
  await closeTask(context as RunContext, task, null);
  const [after] = await store.list('task', { run: 'run-1' });
  const [landing] = await store.list('landing', { run: 'run-1' });
  return [after?.state ?? '', landing?.state ?? ''];
}

test('a task that somebody else made superfluous is done, and its change gives up its place', async () => {
  assert.deepEqual(await close('queued'), ['done', 'withdrawn']);
});

test('a task is not closed while its change lands: refused, the change would be queued for nobody', async () => {
  assert.deepEqual(await close('landing'), ['in_flight', 'landing']);
});

test('a task is not closed in the moment in which its change begins to land', async () => {
  const store = openMemoryStore(clock);
  const task = taskRow('t1', { state: 'in_flight', attempt: 1 });
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      { op: 'insert', kind: 'task', row: task },
    ],
    [],
  );
  const rowLock = new Semaphore(1);
  const context: Partial<RunContext> = { store, clock, run: 'run-1', rowLock };
  const closing = await rowLock.use(async () => {
    const waits = closeTask(context as RunContext, task, null);
    await store.commit([{ op: 'insert', kind: 'landing', row: landingRow('t1', { state: 'landing' }) }], []);
    return { waits };
  });
  assert.equal(await closing.waits, false);
  assert.equal((await store.get('task', 't1'))?.state, 'in_flight');
});
