import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { runRow } from '../../test/support/rows.ts';
import { clean } from './clean.ts';
import type { World } from './context.ts';

test('a run that went on while it waited to be cleaned is left alone', async () => {
  const clock = stoppedClock();
  const store = openMemoryStore(clock);
  await store.commit(
    [{ op: 'insert', kind: 'run', row: runRow('run-1', { state: 'finished', endedAt: 1 }) }],
    [],
  );
  const world: Partial<World> = { store, clock };
  const result = await clean(world as World, { olderThanMs: 0, dryRun: false }, async (work) => {
    const patch = { state: 'running', endedAt: null } as const;
    await store.commit([{ op: 'update', kind: 'run', id: 'run-1', expect: {}, patch }], []);
    await work();
  });
  assert.deepEqual(result, {
    removed: [],
    kept: [{ kind: 'run', name: 'run-1', reason: 'it has not finished' }],
  });
});
