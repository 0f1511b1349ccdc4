import { setTimeout as delay } from 'node:timers/promises';
import type { Session, SessionOutcome } from '../domain/task.ts';
import type { Liveness } from '../ports/runtime.ts';
import type { Patch } from '../ports/store.ts';
import { leaveAccount } from './account-entries.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { followAgent } from './follow-agent.ts';
import type { Followed } from './followed.ts';

/** How long an agent may take to end by itself when it is asked to. */
export const GRACE_MS = 5_000;
const AGAIN_MS = 1_000;

export interface Ending {
  outcome: SessionOutcome;
  exitCode: number | null;
  reason: string | null;
}

/**
 * Follows a running session until its agent has ended, for whatever reason, or `signal` says that the daemon lets go
 * (then nothing is written and the agent goes on). Works the same for a session that another daemon started.
 */
export async function watchSession(
  context: RunContext,
  session: Session,
  signals: { letGo: AbortSignal; stop: AbortSignal },
): Promise<void> {
  const { handle } = session;
  if (handle === null) throw new Error(`session ${session.id} runs without a handle`);
  const leaving = new AbortController();
  const watch = { over: false, signal: AbortSignal.any([signals.letGo, leaving.signal]) };
  const reading = keepFollowing(context, session, watch);
  try {
    const ended = await waitForEnd(context, session, timeLeft(context, session), signals);
    if (ended === 'let-go') return;
    const runtime = context.findRuntime(handle.runtime);
    await runtime.stop(handle, GRACE_MS); // also what the agent left running behind it
    watch.over = true;
    const followed = await reading;
    await runtime.seal(handle, context.redactor);
    await leaveAccount(context, context, session);
    await endSession(context, session, ended, followed);
  } finally {
    leaving.abort();
  }
}

/** Follows an agent anew where that failed, for as long as it lives; null where its output could not be read to the end. */
async function keepFollowing(
  context: RunContext,
  session: Session,
  watch: { over: boolean; signal: AbortSignal },
): Promise<Followed | null> {
  for (;;) {
    const { over } = watch;
    try {
      return await followAgent(context, session, watch.signal);
    } catch (error) {
      if (watch.signal.aborted) return null;
      context.log('output.unread', { session: session.id, error: String(error) });
      if (over) return null;
      await delay(AGAIN_MS, undefined, { signal: watch.signal }).catch(() => {});
    }
  }
}

/** Also under a daemon that came later, whatever became of the wall clock, and not counting while the machine slept. */
export function timeLeft(
  { clock, options }: Pick<RunContext, 'clock' | 'options'>,
  { startedMonotonic }: Pick<Session, 'startedMonotonic'>,
): number {
  // A machine that started again counts from nought; no agent of before lives then.
  const spent = startedMonotonic === undefined ? 0 : Math.max(0, clock.monotonic() - startedMonotonic);
  return Math.ceil(Math.max(0, options.attemptTimeoutMs - spent)); // timers take no fractions
}

async function waitForEnd(
  context: RunContext,
  session: Session,
  leftMs: number,
  signals: { letGo: AbortSignal; stop: AbortSignal },
): Promise<Ending | 'let-go'> {
  const timeout = AbortSignal.timeout(leftMs);
  const any = AbortSignal.any([signals.letGo, signals.stop, timeout]);
  try {
    const { handle } = session;
    if (handle === null) throw new Error('no handle');
    for (;;) {
      const liveness = await context.findRuntime(handle.runtime).wait(handle, any);
      if (liveness.state !== 'unknown') return endingOf(liveness);
      context.log('session.unseen', { session: session.id, why: liveness.why });
      await delay(AGAIN_MS, undefined, { signal: any }); // neither dead nor idle: it is looked at again
    }
  } catch (error) {
    if (signals.letGo.aborted) return 'let-go';
    if (signals.stop.aborted)
      return { outcome: 'killed', exitCode: null, reason: String(signals.stop.reason) };
    if (timeout.aborted) {
      const seconds = Math.round(context.options.attemptTimeoutMs / 1000);
      return {
        outcome: 'killed',
        exitCode: null,
        reason: `no end after ${seconds} s, the time limit of an attempt`,
      };
    }
    throw error;
  }
}

function endingOf(liveness: Liveness): Ending {
  switch (liveness.state) {
    case 'exited':
      if (liveness.code === 0) return { outcome: 'completed', exitCode: 0, reason: null };
      if (liveness.code === null) {
        return { outcome: 'failed', exitCode: null, reason: `ended by ${liveness.signal ?? 'a signal'}` };
      }
      return { outcome: 'exited', exitCode: liveness.code, reason: `exit status ${liveness.code}` };
    case 'gone':
      return { outcome: 'failed', exitCode: null, reason: 'its process is gone and left no exit status' };
    case 'running':
    case 'unknown':
      throw new Error(`a session cannot end as ${liveness.state}`);
  }
}

/** An agent that talks tells more of its end than its exit status does. */
function withTurn(ending: Ending, { dialog, facts }: Followed): Ending {
  if (!dialog || ending.outcome === 'killed') return ending;
  const { end } = facts;
  if (end === null) {
    const reason = ending.reason ?? 'it ended before its turn did';
    return ending.outcome === 'completed' ? { ...ending, outcome: 'failed', reason } : ending;
  }
  if (end.outcome === 'completed') return { ...ending, outcome: 'completed', reason: null };
  const reason =
    end.outcome === 'failed' ? `${end.failure.class}: ${end.failure.message}` : 'it was interrupted';
  return { ...ending, outcome: 'failed', reason };
}

/** Writes how a session ended, with what the agent claimed. False when somebody else did. */
export async function endSession(
  context: RunContext,
  session: Session,
  ending: Ending,
  followed: Followed | null,
): Promise<boolean> {
  const current = await context.store.get('session', session.id);
  if (current === null || current.state === 'ended') return false;
  const claim = followed?.claim ?? null;
  const told = followed === null ? ending : withTurn(ending, followed);
  return applyTransitions(
    context.store,
    [
      {
        kind: 'session',
        row: current,
        event: 'end',
        patch: { ...told, ...lastFacts(followed), endedAt: context.clock.now() },
        body: { ...told, claim },
      },
    ],
    claim === null
      ? []
      : [
          {
            op: 'update',
            kind: 'attempt',
            id: `${session.task}.${session.attempt}`,
            expect: {},
            patch: { claim },
          },
        ],
  );
}

/** What is worth keeping of an agent that talked. */
function lastFacts(followed: Followed | null): Patch<'session'> {
  if (followed === null || !followed.dialog) return {};
  const { end, conversation, usage } = followed.facts;
  return { failure: end?.outcome === 'failed' ? end.failure : null, conversation, usage };
}
