import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { runRow, taskRow } from '../../test/support/rows.ts';
import { answerTask } from './answer-task.ts';
import type { World } from './context.ts';

test('a run that is being stopped takes no task up: that would lie there, said to be ready', async () => {
  const clock = stoppedClock();
  const store = openMemoryStore(clock);
  const run = { ...runRow('run-1'), state: 'stopping' as const };
  const task = { ...taskRow('t1'), run: run.id, state: 'inbox' as const };
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: run },
      { op: 'insert', kind: 'task', row: task },
    ],
    [],
  );
  const world: Partial<World> = { store, clock };
  const answered = (answer: 'retry' | 'accept' | 'cancel') => answerTask(world as World, task, answer);
  await assert.rejects(answered('retry'), { code: 'conflict', message: /being stopped/ });
  await assert.rejects(answered('accept'), { code: 'conflict', message: /being stopped/ });
  assert.equal((await store.get('task', 't1'))?.state, 'inbox');
  await answered('cancel');
  assert.equal((await store.get('task', 't1'))?.state, 'cancelled');
  const again = answerTask(world as World, (await store.get('task', 't1')) ?? task, 'cancel');
  await assert.rejects(again, {
    code: 'conflict',
    message: /is cancelled by you: there is nothing to cancel/,
  });
});
