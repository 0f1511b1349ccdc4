import { nextSteps, type Step } from '../domain/next-step.ts';
import type { Announcements } from './announcements.ts';
import { checkHead } from './check-head.ts';
import { claimTask } from './claim-task.ts';
import { closeTask } from './close-task.ts';
import type { RunContext } from './context.ts';
import { continueAttempt } from './continue-attempt.ts';
import { finishRun } from './finish-run.ts';
import type { Jobs } from './jobs.ts';
import { mergeQueue } from './merge-queue.ts';
import { planTasks } from './plan-tasks.ts';
import { readSnapshot } from './snapshot.ts';

/** What carrying out steps needs beside the run's own context. */
export interface Desk {
  jobs: Jobs;
  /** Aborted when the daemon lets go: agents go on, nothing more is written. */
  letGo: AbortSignal;
  /** Of each attempt: aborted when its agent has to end. */
  stops: Map<string, AbortController>;
  /** Tells the merge queue at work that it is wished for again. */
  joined: Announcements;
}

/**
 * One tick of one run: look at the world, decide, start what is not already under way. Events, ends of jobs and a slow timer
 * only cause a tick; nothing depends on which, or on how many, so a crash at any point is a tick later. Resolves to true
 * when the tick itself changed the board: then another one is due at once.
 */
export async function tick(context: RunContext, desk: Desk): Promise<boolean> {
  const snapshot = await readSnapshot(context);
  if (snapshot === null || desk.letGo.aborted) return false;
  const steps = nextSteps(snapshot);
  const waits = steps.length === 0 && snapshot.blocked !== null;
  context.live.setActivity(`wait:${context.run}`, waits ? `waiting: ${snapshot.blocked}` : null);
  let changed = false;
  for (const step of steps) changed = (await carryOut(context, desk, step)) || changed;
  return changed;
}

async function carryOut(context: RunContext, desk: Desk, step: Step): Promise<boolean> {
  switch (step.kind) {
    case 'plan-tasks':
      return planTasks(context, step.findings);
    case 'close':
      return closeTask(context, step.task, step.by);
    case 'claim-task':
      return claimTask(context, step.placement.task, step.placement.account);
    default:
      startJob(context, desk, step);
      return false;
  }
}

type JobStep = Exclude<Step, { kind: 'plan-tasks' | 'close' | 'claim-task' }>;

function startJob(context: RunContext, desk: Desk, step: JobStep): void {
  const { run } = context;
  switch (step.kind) {
    case 'check-head':
      return desk.jobs.ensure(`${run}:head`, () => checkHead(context));
    case 'continue-attempt': {
      const { id } = step.attempt;
      const stop = desk.stops.get(id) ?? new AbortController();
      desk.stops.set(id, stop);
      if (step.unwanted !== null) stop.abort(step.unwanted);
      const signals = { letGo: desk.letGo, stop: stop.signal };
      return desk.jobs.ensure(`${run}:attempt:${id}`, () => continueAttempt(context, id, signals));
    }
    case 'merge':
      desk.joined.announce(); // where it is at work already
      return desk.jobs.ensure(`${run}:merge`, () => mergeQueue(context, desk.joined));
    case 'finish':
      return desk.jobs.ensure(`${run}:finish`, () => finishRun(context, step));
  }
}
