import type { TreeResult } from '../domain/check-result.ts';
import type { Problem } from '../domain/evidence.ts';
import { batchKey, nextWindow, planQueue } from '../domain/merge-queue.ts';
import type { Landing } from '../domain/task.ts';
import type { Settled } from './advance-target.ts';
import type { RunContext } from './context.ts';
import { landBatch, settleIntents } from './land-batch.ts';
import { rejectLanding } from './reject-landing.ts';
import { type Stack, stackChanges } from './stack-changes.ts';
import { knownResult } from './tree-results.ts';
import { checkAgainst } from './verify-change.ts';

/** What is known of batches on one head. Forgotten when the head moves. */
interface Trials {
  head: string;
  base: TreeResult;
  outcomes: Map<string, 'passed' | 'failed' | 'conflict'>;
  problems: Map<string, Problem[]>;
  stacks: Map<string, Stack>;
  testing: Map<string, Promise<void>>;
  /** Ends tests that the head's move made useless. */
  abort: AbortController;
}

/**
 * Works on the queue until it is empty, the head is somebody else's, or the run ends: the planner decides, this carries
 * out. Entries are tested as merged trees against the head; what lands is the tree that was tested.
 */
export async function mergeQueue(context: RunContext): Promise<void> {
  await settleIntents(context);
  let window = 4;
  let trials: Trials | null = null;
  try {
    while (!context.signal.aborted) {
      trials = await trialsOnHead(context, trials);
      const queued = await context.store.list('landing', { run: context.run, states: ['queued'] });
      if (trials === null || queued.length === 0) return;
      const order = queued.toSorted((a, b) => a.queuedAt - b.queuedAt);
      window = await nextDecision(context, trials, order, window);
    }
  } finally {
    trials?.abort.abort();
    context.live.setActivity(`queue:${context.run}`, null);
  }
}

/** Trials on the run's present head, null when the head has to be checked first. */
async function trialsOnHead(context: RunContext, trials: Trials | null): Promise<Trials | null> {
  const run = await context.store.get('run', context.run);
  if (run === null || run.state !== 'running' || run.adopted !== null) return null;
  if (trials?.head === run.head) return trials;
  trials?.abort.abort();
  const base = await knownResult(context, run.head);
  if (base === null) return null;
  return {
    head: run.head,
    base,
    outcomes: new Map(),
    problems: new Map(),
    stacks: new Map(),
    testing: new Map(),
    abort: new AbortController(),
  };
}

/** Asks the planner and carries its decision out; the window for the next one. */
async function nextDecision(
  context: RunContext,
  trials: Trials,
  order: Landing[],
  window: number,
): Promise<number> {
  const decision = planQueue({
    entries: order.map(({ id }) => ({ id })),
    window,
    runners: context.options.checkConcurrency,
    outcomes: trials.outcomes,
    testing: new Set(trials.testing.keys()),
  });
  switch (decision.kind) {
    case 'idle':
      throw new Error('the planner is idle with entries in the queue');
    case 'test':
      for (const ids of decision.batches) startTrial(context, trials, pick(order, ids));
      await firstEnd(trials);
      return window;
    case 'wait':
      await firstEnd(trials);
      return window;
    case 'land':
      await land(context, trials, pick(order, decision.batch));
      return nextWindow(window, 'landed');
    case 'reject': {
      // What passed before the culprit lands first: then its next attempt starts from what it broke.
      const before = pick(order, decision.because.slice(0, -1));
      if (before.length > 0 && (await land(context, trials, before)) === 'adopted') return window;
      const [landing] = pick(order, [decision.entry]);
      if (landing === undefined) throw new Error('an entry is rejected that is not queued');
      await rejectLanding(context, landing, trials.problems.get(batchKey(decision.because)) ?? []);
      return nextWindow(window, 'rejected');
    }
  }
}

async function land(context: RunContext, trials: Trials, batch: Landing[]): Promise<Settled> {
  const stack = trials.stacks.get(batchKey(batch.map(({ id }) => id)));
  if (stack === undefined) throw new Error('a batch lands that was not tested');
  context.live.setActivity(`queue:${context.run}`, `landing ${batch.length} change(s)`);
  return landBatch(context, trials.head, batch, stack);
}

async function firstEnd(trials: Trials): Promise<void> {
  await Promise.race(trials.testing.values());
}

function pick(order: Landing[], ids: readonly string[]): Landing[] {
  return ids.flatMap((id) => order.find((landing) => landing.id === id) ?? []);
}

function startTrial(context: RunContext, trials: Trials, batch: Landing[]): void {
  const key = batchKey(batch.map(({ id }) => id));
  const work = tryBatch(context, trials, key, batch)
    .catch((error: unknown) => {
      if (!trials.abort.signal.aborted && !context.signal.aborted) throw error;
    })
    .finally(() => trials.testing.delete(key));
  trials.testing.set(key, work);
}

async function tryBatch(context: RunContext, trials: Trials, key: string, batch: Landing[]): Promise<void> {
  const stack = await stackChanges(context, trials.head, batch);
  if ('problem' in stack) {
    const clash = batchKey(batch.slice(0, stack.index + 1).map(({ id }) => id));
    trials.problems.set(clash, [stack.problem]);
    trials.outcomes.set(clash, 'conflict');
    return;
  }
  const tasks = await Promise.all(batch.map((landing) => context.store.get('task', landing.task)));
  const titles = tasks.map((task) => task?.title ?? '?');
  context.live.setActivity(`queue:${context.run}`, `testing ${titles.join(' + ')}`);
  const targets = tasks.flatMap((task) => task?.findings ?? []);
  const signal = AbortSignal.any([context.signal, trials.abort.signal]);
  const problems = await checkAgainst({ ...context, signal }, trials.base, stack.tip, targets);
  trials.stacks.set(key, stack);
  trials.problems.set(key, problems);
  trials.outcomes.set(key, problems.length === 0 ? 'passed' : 'failed');
}
