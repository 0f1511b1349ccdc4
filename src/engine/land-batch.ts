import type { Landing } from '../domain/task.ts';
import type { Write } from '../ports/store.ts';
import { advanceTarget, type Settled } from './advance-target.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import { withdrawals } from './close-task.ts';
import type { RunContext } from './context.ts';
import type { Stack } from './stack-changes.ts';

/**
 * Lands a tested batch: the intent is written first, then the target moves by compare-and-swap, then the outcome is
 * written. A crash in between leaves the intent, and `settleIntents` finds out what became of it. The intent is written
 * only while the run goes on and every task waits for its change: a person may have been quicker with a stop or a cancel.
 */
export async function landBatch(
  context: RunContext,
  base: string,
  batch: Landing[],
  stack: Stack,
): Promise<Settled | 'stale'> {
  await context.hub.setRef(`refs/ao/landed/${context.run}`, stack.tip);
  const moves = batch.map((row): Move => {
    const intent = { base, commit: stack.tip, squash: stack.squashes.get(row.id) ?? stack.tip };
    return { kind: 'landing', row, event: 'intend', patch: { intent }, body: { ...intent } };
  });
  const guards = [goesOn(context.run), ...batch.map(isWaitedFor)];
  if (await context.rowLock.use(() => applyTransitions(context.store, moves, guards))) {
    return settleIntents(context);
  }
  await withdrawUnwanted(context, batch);
  return 'stale'; // plan again
}

function goesOn(run: string): Write {
  return { op: 'update', kind: 'run', id: run, expect: { state: 'running' }, patch: {} };
}

function isWaitedFor({ task, attempt }: Landing): Write {
  return { op: 'update', kind: 'task', id: task, expect: { state: 'in_flight', attempt }, patch: {} };
}

/** A task that was taken away between the verdict and its place in the queue could not give that place up. */
async function withdrawUnwanted(context: RunContext, batch: Landing[]): Promise<void> {
  for (const row of batch) {
    const task = await context.store.get('task', row.task);
    if (task?.state === 'in_flight' && task.attempt === row.attempt) continue;
    await applyTransitions(context.store, withdrawals([row]));
  }
}

/**
 * Carries a written intent to its end; does nothing where there is none. What became of it is read from the head and the
 * target, never remembered: a crash may have come between any two lines of this.
 */
export async function settleIntents(context: RunContext): Promise<Settled> {
  const rows = await context.store.list('landing', { run: context.run, states: ['landing'] });
  const [intent] = rows.flatMap((row) => row.intent ?? []);
  if (intent === undefined) return 'moved';
  const run = await context.store.get('run', context.run);
  // A head that is not the one it was tested on was adopted from somebody else.
  const settled = run?.head === intent.base ? await advanceTarget(context, intent.commit) : 'adopted';
  if (settled !== 'adopted' || (await isPartOfHead(context, intent.commit))) {
    await confirmLanding(context, rows, intent.commit, settled);
    return settled;
  }
  await applyTransitions(
    context.store,
    rows.map((row): Move => ({ kind: 'landing', row, event: 'refuse', patch: { intent: null } })),
  );
  return settled;
}

/** Somebody may have built on our commit before we could write that it landed. */
async function isPartOfHead(context: RunContext, commit: string): Promise<boolean> {
  const run = await context.store.get('run', context.run);
  return run !== null && (await context.hub.isAncestor(commit, run.head));
}

async function confirmLanding(
  context: RunContext,
  rows: Landing[],
  commit: string,
  settled: Settled,
): Promise<void> {
  await context.rowLock.use(async () => {
    const now = context.clock.now();
    const moves: Move[] = rows.map((row) => ({ kind: 'landing', row, event: 'confirm', body: { commit } }));
    for (const row of rows) {
      const task = await context.store.get('task', row.task);
      if (task?.state !== 'in_flight') continue;
      const landed = { commit: row.intent?.squash ?? commit };
      const patch = { landed, reason: null, updatedAt: now };
      moves.push({ kind: 'task', row: task, event: 'land', patch, body: { commit: landed.commit } });
    }
    const lastLanded = rows.at(-1)?.task ?? null;
    const patch = settled === 'adopted' ? { lastLanded } : { lastLanded, head: commit };
    await applyTransitions(context.store, moves, [
      { op: 'update', kind: 'run', id: context.run, expect: {}, patch },
    ]);
  });
}
