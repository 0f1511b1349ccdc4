import { count } from '../lib/count.ts';
import { findingsOf, isGreen, type TreeResult } from './check-result.ts';
import type { Finding } from './finding.ts';
import type { Placement } from './placement.ts';
import type { Run, RunOutcome } from './run.ts';
import type { Attempt, Landing, Task } from './task.ts';

/** All that deciding needs, read at one moment. */
export interface RunSnapshot {
  run: Run;
  tasks: Task[];
  /** Attempts that have not ended. */
  attempts: Attempt[];
  /** Landings that are queued or under way. */
  landings: Landing[];
  /** Checks of `run.head`; null while unknown. */
  head: TreeResult | null;
  /** Ids of findings that pass at `run.head` (a function of `head`, computed where the files are known). */
  passing: ReadonlySet<string>;
  /** What may start now, decided by the placement function. */
  placements: Placement[];
  /** Why the first ready task that may not start now has to wait; null where none has to. */
  blocked: string | null;
  /** Task whose landing made `run.head`, if any. */
  lastLanded: string | null;
}

export const STOPPED = 'stopped by you';

/**
 * What a run needs next. Steps are wishes about the world, not commands: the engine starts those that are not already
 * under way, so that deciding again (after an event, a crash, a restart) is always safe.
 */
export type Step =
  | { kind: 'check-head' }
  | { kind: 'plan-tasks'; findings: Finding[] }
  | { kind: 'close'; task: Task; by: string | null }
  | { kind: 'claim-task'; placement: Placement }
  /** `unwanted`: why its agent has to end (its work is saved all the same), null while it is welcome. */
  | { kind: 'continue-attempt'; attempt: Attempt; unwanted: string | null }
  | { kind: 'merge' }
  /** `head` and `tasks`: what the decision rests on; none of it may have changed when it is carried out. */
  | { kind: 'finish'; outcome: RunOutcome; reason: string | null; head: string; tasks: Task[] };

export function nextSteps(snapshot: RunSnapshot): Step[] {
  const { run } = snapshot;
  if (run.state === 'finished') return [];
  if (run.state === 'stopping') return stoppingSteps(snapshot);
  const going: Step[] = snapshot.attempts.map((attempt) => ({
    kind: 'continue-attempt',
    attempt,
    unwanted: unwanted(attempt, snapshot.tasks),
  }));
  // The first check of a head ends with the baseline: before that nobody knows what comes and goes.
  if (snapshot.head === null || run.baseline === null) return [...going, { kind: 'check-head' }];
  const closing = closable(snapshot);
  if (closing.length > 0) return [...closing, ...going];
  const steps: Step[] = going;
  if (snapshot.landings.length > 0) steps.push({ kind: 'merge' });
  const fresh = unplanned(snapshot);
  if (fresh.length > 0 && run.round < run.options.maxRounds) {
    steps.push({ kind: 'plan-tasks', findings: fresh });
  } else {
    for (const placement of snapshot.placements) steps.push({ kind: 'claim-task', placement });
  }
  // A task that may be tried but has no room yet (memory) waits; the slow timer asks again.
  // One in flight of which nothing is seen was read before its verdict, and may be a person's by now: look again.
  const waiting = snapshot.tasks.some(
    ({ state, attempt, attemptsAllowed }) =>
      state === 'in_flight' || (state === 'ready' && attempt < attemptsAllowed),
  );
  return steps.length > 0 || waiting ? steps : [finishStep(snapshot, snapshot.head, fresh)];
}

/**
 * Attempts are ended first: their agents stop, their work is saved, their tasks are put back. A landing that has begun is
 * brought to its end.
 */
function stoppingSteps({ run, attempts, landings, tasks }: RunSnapshot): Step[] {
  const steps: Step[] = attempts.map((attempt) => ({ kind: 'continue-attempt', attempt, unwanted: STOPPED }));
  if (landings.some(({ state }) => state === 'landing')) steps.push({ kind: 'merge' });
  if (steps.length > 0) return steps;
  return [{ kind: 'finish', outcome: 'stopped', reason: STOPPED, head: run.head, tasks }];
}

/** An attempt is welcome while its task is in flight under its number (the fencing token). */
function unwanted(attempt: Attempt, tasks: Task[]): string | null {
  const task = tasks.find(({ id }) => id === attempt.task);
  // A parked task has no open attempt, unless a person accepted it after the tasks were read and before the attempts were.
  const held = task?.state === 'in_flight' || task?.state === 'inbox';
  if (held && task.attempt === attempt.number) return null;
  return task?.reason ?? 'no longer needed';
}

/** Open tasks whose findings all pass on the head, or turned out to come and go. */
function closable(snapshot: RunSnapshot): Step[] {
  const flaky = new Set(snapshot.run.flaky);
  return snapshot.tasks
    .filter((task) => task.state === 'ready' || task.state === 'inbox' || task.state === 'in_flight')
    .filter(
      (task) => !snapshot.landings.some((landing) => landing.task === task.id && landing.state === 'landing'),
    )
    .filter((task) => task.findings.every(({ id }) => snapshot.passing.has(id) || flaky.has(id)))
    .map((task) => ({ kind: 'close', task, by: snapshot.lastLanded }));
}

/** Findings of the head that no task stands for. A done task whose finding came back does not count. */
export function unplanned(snapshot: Pick<RunSnapshot, 'run' | 'tasks' | 'head'>): Finding[] {
  if (snapshot.head === null) return [];
  const covered = new Set<string>(snapshot.run.flaky);
  for (const task of snapshot.tasks) {
    if (task.state === 'done') continue;
    for (const finding of task.findings) covered.add(finding.id);
  }
  return findingsOf(snapshot.head).filter((finding) => !covered.has(finding.id));
}

function finishStep(snapshot: RunSnapshot, head: TreeResult, fresh: Finding[]): Step {
  const { run, tasks } = snapshot;
  const flaky = new Set(run.flaky);
  const green = isGreen({
    tree: head.tree,
    checks: head.checks.map((check) => ({
      ...check,
      findings: check.findings.filter((finding) => !flaky.has(finding.id)),
    })),
  });
  const base = { kind: 'finish', head: run.head, tasks } as const;
  if (green && run.held === null) return { ...base, outcome: 'green', reason: null };
  return { ...base, outcome: 'remaining', reason: remainingReason(run, tasks, fresh) };
}

function remainingReason(run: Run, tasks: Task[], fresh: Finding[]): string {
  if (run.held !== null) return `${run.branch} could not follow: ${run.held}`;
  if (fresh.length > 0) {
    const titles = fresh.slice(0, 3).map(({ title }) => title);
    const shown = [...titles, ...(fresh.length > 3 ? ['…'] : [])].join(', ');
    return `${count(fresh.length, 'finding')} came to light after the last round (${run.round}): ${shown}. Another ao fix, or --max-rounds, goes on`;
  }
  const waiting = tasks.filter((task) => task.state === 'inbox').length;
  const cancelled = tasks.filter((task) => task.state === 'cancelled').length;
  if (waiting > 0) return `${count(waiting, 'task')} waiting for you`;
  return `${count(cancelled, 'task')} cancelled`;
}
