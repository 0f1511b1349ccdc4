import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { attemptRow, runRow, stateWrite, taskRow } from '../../test/support/rows.ts';
import { AoError } from '../domain/errors.ts';
import { clean } from './clean.ts';
import type { Hub } from '../ports/git.ts';
import type { World } from './context.ts';
import { makeLayout } from './layout.ts';

test('a run that went on while it waited to be cleaned is left alone', async () => {
  const clock = stoppedClock();
  const store = openMemoryStore(clock);
  await store.commit(
    [{ op: 'insert', kind: 'run', row: runRow('run-1', { state: 'finished', endedAt: 1 }) }],
    [],
  );
  const world: Partial<World> = { store, clock };
  const result = await clean(world as World, { olderThanMs: 0, dryRun: false }, async (work) => {
    await store.commit([stateWrite('run', 'run-1', { state: 'running', endedAt: null })], []);
    await work();
  });
  assert.deepEqual(result, {
    removed: [],
    kept: [{ kind: 'run', name: 'run-1', reason: 'it has not finished' }],
  });
});

test('of what checks said, that stays which the report tells and an answer may need', async () => {
  const clock = stoppedClock();
  const store = openMemoryStore(clock);
  const run = runRow('run-1', {
    state: 'finished',
    endedAt: 1,
    head: 'head',
    baseline: { tree: 'tree-of-start', findings: [] },
  });
  const tasks = [taskRow('landed', { state: 'done' }), taskRow('waits', { state: 'inbox' })];
  const attempts = [attemptRow('landed', { base: 'start' }), attemptRow('waits', { base: 'between' })];
  const trees = ['start', 'between', 'head', 'other'].map((name) => `tree-of-${name}`);
  const results = trees.map((tree) => ({ id: `run-1.${tree}`, run: 'run-1', result: { tree, checks: [] } }));
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: run },
      ...tasks.map((row) => ({ op: 'insert', kind: 'task', row }) as const),
      ...attempts.map((row) => ({ op: 'insert', kind: 'attempt', row }) as const),
      ...results.map((row) => ({ op: 'insert', kind: 'result', row }) as const),
    ],
    [],
  );
  const hub: Partial<Hub> = { treeOf: async (commit) => `tree-of-${commit}` };
  const world: Partial<World> = {
    store,
    clock,
    layout: makeLayout('/nowhere'),
    openHub: async () => hub as Hub,
  };
  const { removed } = await clean(world as World, { olderThanMs: 0, dryRun: false });
  assert.deepEqual(
    removed.map(({ kind, name }) => [kind, name]),
    [['result', 'run-1']],
  );
  assert.deepEqual(
    (await store.list('result')).map(({ result }) => result.tree),
    trees.slice(0, 3),
  );
});

test('a run whose repository is gone together with our copy of it keeps no other from being cleaned', async () => {
  const clock = stoppedClock();
  const store = openMemoryStore(clock);
  const gone = runRow('run-1', { state: 'finished', endedAt: 1 });
  const goes = runRow('run-2');
  await store.commit(
    [gone, goes].map((row) => ({ op: 'insert', kind: 'run', row }) as const),
    [],
  );
  const openHub = () => Promise.reject(new AoError('usage', 'fatal: cannot change to /somewhere'));
  const world: Partial<World> = { store, clock, layout: makeLayout('/nowhere'), openHub };
  const { kept } = await clean(world as World, { olderThanMs: 0, dryRun: false });
  assert.deepEqual(kept, [
    { kind: 'run', name: 'run-1', reason: 'it could not be cleaned: fatal: cannot change to /somewhere' },
    { kind: 'run', name: 'run-2', reason: 'it has not finished' },
  ]);
});
