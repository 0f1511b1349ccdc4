import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { runRow, taskRow } from '../../test/support/rows.ts';
import type { Store } from '../ports/store.ts';
import { applyTransitions } from './apply-transition.ts';
import { claimTask } from './claim-task.ts';
import type { RunContext } from './context.ts';
import { makeLayout } from './layout.ts';

const clock = stoppedClock();

test('a task that is cancelled while it is being claimed is not claimed, and that is no error', async () => {
  const store = openMemoryStore(clock);
  const run = runRow('run-1');
  const task = taskRow('t1');
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: run },
      { op: 'insert', kind: 'task', row: task },
      {
        op: 'insert',
        kind: 'result',
        row: { id: 'run-1.tree', run: 'run-1', result: { tree: 'tree', checks: [] } },
      },
    ],
    [],
  );
  /** A person is a moment quicker than the claim's own write. */
  const raced: Store = {
    ...store,
    commit: async (writes, events) => {
      await applyTransitions(store, [{ kind: 'task', row: task, event: 'cancel' }]);
      return store.commit(writes, events);
    },
  };
  const hub = { treeOf: async () => 'tree' } as Partial<RunContext['hub']> as RunContext['hub'];
  const layout = makeLayout('/nowhere');
  const context: Partial<RunContext> = {
    store: raced,
    clock,
    hub,
    layout,
    run: 'run-1',
    options: run.options,
  };
  assert.equal(await claimTask(context as RunContext, 't1', 'default'), false);
  assert.equal((await store.get('task', 't1'))?.state, 'cancelled');
});
