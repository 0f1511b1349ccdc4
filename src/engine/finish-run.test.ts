import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { runRow } from '../../test/support/rows.ts';
import type { RunContext } from './context.ts';
import { finishRun } from './finish-run.ts';

const clock = stoppedClock();
const [ours, theirs] = ['a'.repeat(40), 'b'.repeat(40)];

/** A run whose head and target are at `head`, with all that ending it needs. */
async function contextAt(head: string): Promise<RunContext> {
  const store = openMemoryStore(clock);
  await store.commit([{ op: 'insert', kind: 'run', row: runRow('run-1', { head, target: head }) }], []);
  const target = { head: async () => head } as Partial<RunContext['target']> as RunContext['target'];
  const layout = { workspace: () => '/nowhere/run-1/any' } as Partial<RunContext['layout']>;
  const context: Partial<RunContext> = { store, clock, target, run: 'run-1', rowLock: new Semaphore(1) };
  return { ...context, layout } as RunContext;
}

const green: Parameters<typeof finishRun>[1] = {
  kind: 'finish',
  outcome: 'green',
  reason: null,
  head: ours,
  tasks: [],
};

test('a run ends on the head that its end was decided for', async () => {
  const context = await contextAt(ours);
  await finishRun(context, green);
  assert.equal((await context.store.get('run', 'run-1'))?.outcome, 'green');
});

test('a run does not end on a head that was adopted after its end was decided: nobody has checked it', async () => {
  const context = await contextAt(theirs);
  await finishRun(context, green);
  assert.equal((await context.store.get('run', 'run-1'))?.state, 'running');
  await finishRun(context, { ...green, outcome: 'remaining' });
  assert.equal((await context.store.get('run', 'run-1'))?.state, 'running');
});
