import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { attemptRow, runRow, sessionRow, taskRow } from '../../test/support/rows.ts';
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
    findAgent,
    run: 'run-1',
    options: run.options,
  };
  assert.equal(await claimTask(context as RunContext, 't1', 'default'), false);
  assert.equal((await store.get('task', 't1'))?.state, 'cancelled');
});

test('the conversation that an attempt goes on with is written down before its agent starts', async () => {
  const store = openMemoryStore(clock);
  const run = runRow('run-1');
  const held = {
    agent: 'kimi',
    state: 'ended',
    outcome: 'completed',
    endedAt: 2,
    conversation: 'c',
  } as const;
  const change = { commit: 'c'.repeat(40), tree: 'd'.repeat(40) };
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: run },
      { op: 'insert', kind: 'task', row: taskRow('t1', { attempt: 1 }) },
      { op: 'insert', kind: 'attempt', row: attemptRow('t1', { change }) },
      { op: 'insert', kind: 'session', row: sessionRow('t1', held) },
      {
        op: 'insert',
        kind: 'result',
        row: { id: 'run-1.tree', run: 'run-1', result: { tree: 'tree', checks: [] } },
      },
    ],
    [],
  );
  const hub = { treeOf: async () => 'tree' } as Partial<RunContext['hub']> as RunContext['hub'];
  const options = { ...run.options, agent: 'kimi' };
  const layout = makeLayout('/nowhere');
  const context: Partial<RunContext> = { store, clock, hub, layout, findAgent, run: 'run-1', options };
  assert.equal(await claimTask(context as RunContext, 't1', 'default'), true);
  const sessions = await store.list('session', { run: 'run-1', task: 't1' });
  const next = sessions.find(({ attempt }) => attempt === 2);
  assert.deepEqual([next?.takesUp?.conversation, next?.workspace.path], ['c', '/w/t1']);
});
