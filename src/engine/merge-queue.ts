import { nextWindow, planQueue } from '../domain/merge-queue.ts';
import type { Landing } from '../domain/task.ts';
import { count } from '../lib/count.ts';
import { Announcements } from './announcements.ts';
import type { Settled } from './advance-target.ts';
import type { RunContext } from './context.ts';
import { landBatch, settleIntents } from './land-batch.ts';
import { rejectLanding } from './reject-landing.ts';
import { knownResult } from './tree-results.ts';
import { Trials } from './trials.ts';

/** Entries that are tried at once at first; batches grow while they pass and shrink when they fail. */
const FIRST_WINDOW = 4;

/**
 * Works on the queue until it is empty, the head is somebody else's, or the run ends: the planner decides, this carries
 * out. Entries are tested as merged trees against the head; what lands is the tree that was tested. `joined` announces
 * that there may be new entries.
 */
export async function mergeQueue(context: RunContext, joined = new Announcements()): Promise<void> {
  await settleIntents(context);
  let window = FIRST_WINDOW;
  let trials: Trials | null = null;
  try {
    while (!context.signal.aborted) {
      const news = joined.next(context.signal); // from before the queue is read, so that none is missed
      trials = await trialsOnHead(context, trials);
      const queued = await context.store.list('landing', { run: context.run, states: ['queued'] });
      if (trials === null || queued.length === 0) return;
      const order = queued.toSorted((a, b) => a.queuedAt - b.queuedAt);
      window = await nextDecision(context, { trials, news }, order, window);
    }
  } finally {
    await trials?.end();
    context.live.setActivity(`queue:${context.run}`, null);
  }
}

/** Trials on the run's present head, null when the head has to be checked first. */
async function trialsOnHead(context: RunContext, trials: Trials | null): Promise<Trials | null> {
  const run = await context.store.get('run', context.run);
  if (run !== null && run.state === 'running' && run.adopted === null) {
    if (trials?.head === run.head) return trials;
    const base = await knownResult(context, run.head);
    if (base !== null) {
      await trials?.end();
      return new Trials(context, run.head, base);
    }
  }
  await trials?.end();
  return null;
}

/** Asks the planner and carries its decision out; the window for the next one. */
async function nextDecision(
  context: RunContext,
  { trials, news }: { trials: Trials; news: Promise<void> },
  order: Landing[],
  window: number,
): Promise<number> {
  const decision = planQueue({
    entries: order.map(({ id }) => ({ id })),
    window,
    runners: context.options.checkConcurrency,
    outcomes: trials.outcomes,
    testing: trials.testing,
  });
  switch (decision.kind) {
    case 'idle':
      throw new Error('the planner is idle with entries in the queue');
    case 'test':
      for (const ids of decision.batches) trials.start(pick(order, ids));
      break;
    case 'confirm':
      trials.confirm(pick(order, decision.batch));
      if (decision.beside !== null) trials.start(pick(order, decision.beside));
      break;
    case 'wait':
      break;
    case 'land':
      return hasLanded(await land(context, trials, pick(order, decision.batch)))
        ? nextWindow(window, 'landed')
        : window;
    case 'reject': {
      // What passed before the culprit lands first: then its next attempt starts from what it broke.
      const before = pick(order, decision.because.slice(0, -1));
      if (before.length > 0 && !hasLanded(await land(context, trials, before))) return window;
      const [landing] = pick(order, [decision.entry]);
      if (landing === undefined) throw new Error('an entry is rejected that is not queued');
      trials.drop(landing.id);
      await rejectLanding(context, landing, trials.problems(decision.because));
      return nextWindow(window, 'rejected');
    }
  }
  await trials.firstEnd(news);
  return window;
}

async function land(context: RunContext, trials: Trials, batch: Landing[]): Promise<Settled | 'stale'> {
  context.live.setActivity(`queue:${context.run}`, `landing ${count(batch.length, 'change')}`);
  return landBatch(context, trials.head, batch, trials.stack(batch.map(({ id }) => id)));
}

function hasLanded(settled: Settled | 'stale'): boolean {
  return settled === 'moved' || settled === 'held';
}

function pick(order: Landing[], ids: readonly string[]): Landing[] {
  return ids.flatMap((id) => order.find((landing) => landing.id === id) ?? []);
}
