import { findingsOf, type TreeResult } from '../domain/check-result.ts';
import { coolDownUntil } from '../domain/cool-down.ts';
import type { RunSnapshot } from '../domain/next-step.ts';
import { MEMORY_PER_SESSION_BYTES, place } from '../domain/placement.ts';
import { accountOf, type Run } from '../domain/run.ts';
import type { Session, Task } from '../domain/task.ts';
import { passesNow } from '../domain/verdict.ts';
import type { RunContext } from './context.ts';
import { knownResult } from './tree-results.ts';

/** Reads what deciding needs, or null when the run is gone. */
export async function readSnapshot(context: RunContext): Promise<RunSnapshot | null> {
  const { store } = context;
  const run = await store.get('run', context.run);
  if (run === null) return null;
  const tasks = await store.list('task', { run: run.id });
  const attempts = await store.list('attempt', { run: run.id });
  const sessions = await store.list('session', { run: run.id });
  const landings = await store.list('landing', { run: run.id, states: ['queued', 'landing'] });
  const head = await knownResult(context, run.head);
  return {
    run,
    tasks,
    attempts: attempts.filter(({ endedAt }) => endedAt === null),
    landings,
    head: run.adopted === null ? head : null,
    passing: head === null ? new Set() : await passingOn(context, run, head, tasks),
    ...placing(context, run, tasks, sessions),
    lastLanded: run.lastLanded,
  };
}

function placing(
  context: RunContext,
  run: Run,
  tasks: Task[],
  sessions: Session[],
): Pick<RunSnapshot, 'placements' | 'blocked'> {
  const { agent, concurrency } = run.options;
  const ready = tasks
    .filter((task) => task.state === 'ready' && task.attempt < task.attemptsAllowed)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ id }) => ({ id, agent }));
  const running = sessions.filter(({ state }) => state !== 'ended').length;
  const name = accountOf(run.options);
  const account = {
    name,
    agent,
    running,
    limit: concurrency,
    coolDownUntil: coolDownUntil(sessions.filter((session) => session.account === name)),
  };
  const { placements, blocked } = place({
    now: context.clock.now(),
    tasks: ready,
    liveSessions: running,
    accounts: [account],
    diskTrouble: ready.length === 0 ? null : context.disk.shortage(),
    limits: {
      concurrency,
      memoryAvailableBytes: context.memoryAvailableBytes(),
      memoryPerSessionBytes: MEMORY_PER_SESSION_BYTES,
    },
  });
  return { placements, blocked: blocked[0]?.reason ?? null };
}

/** Ids of open tasks' findings that pass on the head. */
async function passingOn(
  context: RunContext,
  run: Run,
  head: TreeResult,
  tasks: Task[],
): Promise<Set<string>> {
  const open = tasks
    .filter(({ state }) => state !== 'done' && state !== 'cancelled')
    .flatMap((task) => task.findings);
  const failing = new Set(findingsOf(head).map(({ id }) => id));
  const candidates = open.filter(({ id }) => !failing.has(id));
  if (candidates.length === 0) return new Set();
  const files = new Set(await context.hub.listFiles(run.head));
  return new Set(candidates.filter((finding) => passesNow(finding, head, files)).map(({ id }) => id));
}
