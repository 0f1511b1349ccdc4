import { nextSteps, type Step } from '../domain/next-step.ts';
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
}

/**
 * One tick of one run: look at the world, decide what it needs, start what is not already under way. Events, ends of jobs
 * and a slow timer only cause a tick; nothing depends on which, or on how many, so a crash at any point is a tick later.
 */
export async function tick(context: RunContext, desk: Desk): Promise<void> {
  const snapshot = await readSnapshot(context);
  if (snapshot === null || desk.letGo.aborted) return;
  for (const step of nextSteps(snapshot)) await carryOut(context, desk, step);
}

async function carryOut(context: RunContext, desk: Desk, step: Step): Promise<void> {
  const { run } = context;
  switch (step.kind) {
    case 'check-head':
      return desk.jobs.ensure(`${run}:head`, () => checkHead(context));
    case 'plan-tasks':
      return planTasks(context, step.findings);
    case 'close':
      return closeTask(context, step.task, step.by);
    case 'start-attempt': {
      const { task, account } = step.placement;
      await claimTask(context, task, account); // the next tick sees the attempt and continues it
      return;
    }
    case 'continue-attempt': {
      const { id } = step.attempt;
      const stop = desk.stops.get(id) ?? new AbortController();
      desk.stops.set(id, stop);
      if (step.unwanted !== null) stop.abort(step.unwanted);
      const signals = { letGo: desk.letGo, stop: stop.signal };
      return desk.jobs.ensure(`${run}:attempt:${id}`, () => continueAttempt(context, id, signals));
    }
    case 'merge':
      return desk.jobs.ensure(`${run}:merge`, () => mergeQueue(context));
    case 'finish':
      return desk.jobs.ensure(`${run}:finish`, () => finishRun(context, step));
  }
}
