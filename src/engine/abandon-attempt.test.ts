import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRuntime } from '../adapters/runtimes/memory/index.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import type { Task } from '../domain/task.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { attemptRow, runRow, sessionRow, taskRow } from '../../test/support/rows.ts';
import { abandonAttempt } from './abandon-attempt.ts';
import type { RunContext } from './context.ts';

const clock = stoppedClock();

/** The work of an ended agent cannot be saved; what becomes of the attempt and of its task. */
async function abandon(patch: Partial<Task>): Promise<(string | undefined)[]> {
  const store = openMemoryStore(clock);
  const session = sessionRow('t1', { state: 'ended', outcome: 'completed', endedAt: 1 });
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      { op: 'insert', kind: 'task', row: taskRow('t1', { state: 'in_flight', attempt: 1, ...patch }) },
      { op: 'insert', kind: 'attempt', row: attemptRow('t1') },
      { op: 'insert', kind: 'session', row: session },
    ],
    [],
  );
  const { options } = runRow('run-1');
  const runtime = memoryRuntime({});
  const context: Partial<RunContext> = { store, clock, options, run: 'run-1', findRuntime: () => runtime };
  await abandonAttempt(context as RunContext, 't1.1', 'permission denied');
  const attempt = await store.get('attempt', 't1.1');
  return [attempt?.outcome ?? undefined, (await store.get('task', 't1'))?.state];
}

test('an attempt whose work cannot be saved ends, and its task is tried again', async () => {
  assert.deepEqual(await abandon({}), ['not_verifiable', 'ready']);
});

test('an attempt whose work cannot be saved ends also when its task is over: its run would never end', async () => {
  assert.deepEqual(await abandon({ state: 'done' }), ['superseded', 'done']);
  assert.deepEqual(await abandon({ state: 'cancelled' }), ['superseded', 'cancelled']);
});
