import type { Verdict } from '../domain/evidence.ts';
import { STOPPED } from '../domain/next-step.ts';
import type { Attempt, AttemptOutcome, Session, Task } from '../domain/task.ts';
import type { Write } from '../ports/store.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { sendBack, sentence } from './send-back.ts';

/**
 * Writes a verdict and what follows from it, in one transaction: a passed change joins the merge queue; a failed one goes
 * back with its evidence, or to a person when no attempt is left. When the task was taken away meanwhile (fixed by
 * another landing, cancelled), the attempt only ends.
 */
export async function recordVerdict(
  context: RunContext,
  { task, attempt, session }: { task: Task; attempt: Attempt; session: Session },
  change: { commit: string; tree: string } | null,
  verdict: Verdict,
): Promise<void> {
  const current = (await context.store.get('session', session.id)) ?? session;
  const reason = sentence(verdict.problems) || null;
  const outcome = outcomeOf(verdict, current);
  const endedAt = context.clock.now();
  const ended: Write = {
    op: 'update',
    kind: 'attempt',
    id: attempt.id,
    expect: {},
    patch: { outcome, reason, verdict, endedAt, change },
  };
  const body = { attempt: attempt.number, outcome, status: verdict.status, reason };
  const written =
    verdict.status === 'passed' && change !== null
      ? await write(context, null, [ended, enqueue(context, task, attempt, change)], { task, session, body })
      : await write(context, sendBack(task, change, verdict, endedAt), [ended], {
          task,
          session,
          body,
        });
  if (!written) await supersede(context, attempt, session, change);
}

/** A person stopped the run: the task is ready again, with the work kept and the attempt given back. */
export function putBack(
  context: RunContext,
  rows: { task: Task; attempt: Attempt; session: Session },
  change: { commit: string; tree: string } | null,
): Promise<void> {
  return giveBack(context, rows, change, { outcome: 'killed', reason: STOPPED });
}

/**
 * Its agent was to go on with a conversation that is gone, and has done nothing: the attempt is given back. That is bounded
 * by itself: the next one begins a new conversation, and one that was not taken up cannot be gone.
 */
export function startAnew(
  context: RunContext,
  rows: { task: Task; attempt: Attempt; session: Session },
  change: { commit: string; tree: string } | null,
): Promise<void> {
  return giveBack(context, rows, change, { outcome: 'not_verifiable', reason: conversationGone });
}

const conversationGone = 'the conversation that it was to take up is gone';

async function giveBack(
  context: RunContext,
  { task, attempt, session }: { task: Task; attempt: Attempt; session: Session },
  change: { commit: string; tree: string } | null,
  { outcome, reason }: { outcome: AttemptOutcome; reason: string },
): Promise<void> {
  const now = context.clock.now();
  await applyTransitions(
    context.store,
    [
      {
        kind: 'task',
        row: task,
        event: 'return',
        patch: {
          kept: change?.commit ?? task.kept,
          reason,
          attemptsAllowed: task.attemptsAllowed + 1,
          updatedAt: now,
        },
        body: { reason },
      },
    ],
    [
      {
        op: 'update',
        kind: 'attempt',
        id: attempt.id,
        expect: {},
        patch: { outcome, reason: session.reason ?? reason, change, endedAt: now },
      },
    ],
  );
}

/** Ends an attempt whose task no longer belongs to it. */
export async function supersede(
  context: RunContext,
  attempt: Attempt,
  session: Session,
  change: { commit: string; tree: string } | null,
): Promise<void> {
  const task = await context.store.get('task', attempt.task);
  const reason = task?.reason ?? 'no longer needed';
  const outcome: AttemptOutcome = 'superseded';
  const patch = { outcome, reason, change, endedAt: context.clock.now() };
  await context.store.commit(
    [{ op: 'update', kind: 'attempt', id: attempt.id, expect: {}, patch }],
    [
      {
        run: context.run,
        task: attempt.task,
        session: session.id,
        type: 'attempt.superseded',
        body: { reason },
      },
    ],
  );
}

function enqueue(
  context: RunContext,
  task: Task,
  attempt: Attempt,
  change: { commit: string; tree: string },
): Write {
  return {
    op: 'insert',
    kind: 'landing',
    row: {
      id: `${attempt.id}.${context.clock.now()}`,
      run: context.run,
      task: task.id,
      attempt: attempt.number,
      state: 'queued',
      change,
      queuedAt: context.clock.now(),
      intent: null,
      problems: [],
    },
  };
}

async function write(
  context: RunContext,
  move: Move | null,
  writes: Write[],
  subject: { task: Task; session: Session; body: Record<string, unknown> },
): Promise<boolean> {
  const { task, session, body } = subject;
  const event = { run: context.run, task: task.id, session: session.id, type: 'attempt.verdict', body };
  // Without a move the task's row is not written; an empty patch still holds it to its state and fencing token.
  const guard: Write = {
    op: 'update',
    kind: 'task',
    id: task.id,
    expect: { state: 'in_flight', attempt: task.attempt },
    patch: {},
  };
  return move === null
    ? applyTransitions(context.store, [], [guard, ...writes], [event])
    : applyTransitions(context.store, [move], writes, [event]);
}

function outcomeOf(verdict: Verdict, session: Session): AttemptOutcome {
  if (verdict.status === 'passed') return 'passed';
  if (session.outcome === 'killed' && session.reason?.startsWith('no end after')) return 'timed_out';
  return verdict.status;
}
