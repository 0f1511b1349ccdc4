import { AoError } from '../domain/errors.ts';
import type { Problem } from '../domain/evidence.ts';
import type { Attempt, Session, Task } from '../domain/task.ts';
import { leaveAccount } from './account-entries.ts';
import type { RunContext } from './context.ts';
import { isOfTheDisk } from './disk-watch.ts';
import { exists, wasStarted } from './was-started.ts';
import { closeOutbox } from './outbox.ts';
import { putBack, recordVerdict, startAnew, supersede } from './record-verdict.ts';
import { saveWork } from './save-work.ts';
import { startSession } from './start-session.ts';
import { stopSession } from './stop-session.ts';
import { takeOver } from './take-over.ts';
import { verifyChange } from './verify-change.ts';
import { endSession, watchSession } from './watch-session.ts';

type Change = NonNullable<Attempt['change']>;

interface Rows {
  task: Task;
  attempt: Attempt;
  session: Session;
}

/**
 * Brings an attempt from wherever it stands to its verdict: start, watch, gate. Everything is read from the store first,
 * so that it makes no difference whether this daemon or one before it did the earlier part.
 */
export async function continueAttempt(
  context: RunContext,
  attemptId: string,
  signals: { letGo: AbortSignal; stop: AbortSignal },
): Promise<void> {
  let rows = await read(context, attemptId);
  if (rows === null) return;
  if (rows.session.state === 'starting') {
    const problem = await start(context, rows, signals.stop);
    if (problem !== null) return failToStart(context, rows, problem);
    rows = await read(context, attemptId);
    if (rows === null) return;
  }
  if (rows.session.state === 'running') {
    await watchSession(context, rows.session, signals);
    rows = await read(context, attemptId);
    if (rows === null || rows.session.state !== 'ended') return; // the daemon lets go
  }
  await closeOutbox(context, rows.session);
  if (rows.session.handle === null) return endNotStarted(context, rows); // its end was written, the verdict was not
  const change = rows.attempt.change ?? (await saveWork(context, rows.task, rows.attempt, rows.session));
  if (foundNoConversation(rows.session)) return beginAnew(context, rows, change);
  await decide(context, rows, change, signals.stop);
}

/** It was to take one up, and did nothing for want of it. */
function foundNoConversation({ takesUp, failure }: Session): boolean {
  return Boolean(takesUp) && failure?.class === 'conversation_gone';
}

async function beginAnew(context: RunContext, rows: Rows, change: Change): Promise<void> {
  if (!(await endUnwanted(context, rows, change))) await startAnew(context, rows, change);
}

/** The gate, unless nobody wants the change any more; when that happens meanwhile, the gate is given up. */
async function decide(context: RunContext, rows: Rows, change: Change, stop: AbortSignal): Promise<void> {
  if (await endUnwanted(context, rows, change)) return;
  const signal = AbortSignal.any([context.signal, stop]);
  try {
    const verdict = await verifyChange({ ...context, signal }, rows, change);
    await recordVerdict(context, rows, change, verdict);
  } catch (error) {
    if (!stop.aborted || !(await endUnwanted(context, rows, change))) throw error;
  }
}

/** Ends an attempt that was taken from its task, or whose run is being stopped; false when it is still wanted. */
async function endUnwanted(context: RunContext, rows: Rows, change: Change | null): Promise<boolean> {
  const task = await context.store.get('task', rows.task.id);
  const run = await context.store.get('run', context.run);
  if (task?.state !== 'in_flight' || task.attempt !== rows.attempt.number) {
    await supersede(context, rows.attempt, rows.session, change);
    return true;
  }
  if (run?.state !== 'stopping') return false;
  await putBack(context, rows, change);
  return true;
}

async function read(context: RunContext, attemptId: string): Promise<Rows | null> {
  const attempt = await context.store.get('attempt', attemptId);
  if (attempt === null || attempt.endedAt !== null) return null;
  const task = await context.store.get('task', attempt.task);
  const session = await context.store.get('session', attempt.session);
  if (task === null || session === null) throw new Error(`attempt ${attemptId} has no task or no session`);
  return { task, attempt, session };
}

/** Why it could not be started, or null. */
async function start(context: RunContext, rows: Rows, stop: AbortSignal): Promise<Problem | null> {
  if (stop.aborted) return { code: 'agent_failed', message: String(stop.reason) };
  if (await wasStarted(rows.session)) {
    if (await takeOver(context, rows)) return null;
    return { code: 'agent_failed', message: 'the daemon ended while it was starting this agent' };
  }
  try {
    await clearHalfMade(context, rows.session);
    await startSession(context, rows);
    return null;
  } catch (error) {
    if (!(error instanceof AoError) || isOfTheDisk(context, error)) throw error;
    return {
      code: 'setup_failed',
      message: error.hint === null ? error.message : `${error.message} ${error.hint}`,
    };
  }
}

/** A daemon that died while it prepared the workspace left a part of it, and maybe a setup at work in it; no agent was there. */
async function clearHalfMade(context: RunContext, session: Session): Promise<void> {
  const { kind, path } = session.workspace;
  if (await exists(path)) await stopSession(context, session, context);
  await context.workspaces[kind].remove(context.hub, session.workspace);
}

async function failToStart(context: RunContext, rows: Rows, problem: Problem): Promise<void> {
  const reason = 'message' in problem ? problem.message : problem.code;
  await stopSession(context, rows.session, context);
  await leaveAccount(context, context, rows.session);
  await endSession(context, rows.session, { outcome: 'failed', exitCode: null, reason }, null);
  await closeOutbox(context, rows.session);
  await endNotStarted(context, rows, problem);
}

/**
 * Nothing can be judged; after a crash only the session says why. Where the daemon died before it wrote that the agent
 * runs, the agent may have worked all the same.
 */
async function endNotStarted(context: RunContext, rows: Rows, problem: Problem | null = null): Promise<void> {
  const { session, attempt } = rows;
  const worked =
    attempt.change === null && (await wasStarted(session)) && (await exists(session.workspace.path));
  const change = worked ? await saveWork(context, rows.task, attempt, session) : attempt.change;
  if (await endUnwanted(context, rows, change)) return;
  const message = rows.session.reason ?? 'the agent could not be started';
  await recordVerdict(context, rows, change, {
    status: 'not_verifiable',
    problems: [problem ?? { code: 'agent_failed', message }],
    tree: null,
    baseTree: null,
  });
}
