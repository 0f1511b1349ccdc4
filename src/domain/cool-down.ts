import type { FailureClass } from './agent-facts.ts';
import type { Session } from './task.ts';

/** What an agent's failure says of its account, in milliseconds to wait where nobody said until when. */
const pauses: Partial<Record<FailureClass, number>> = {
  rate_limit: 30_000,
  overloaded: 30_000,
  network: 10_000,
  usage_limit: 15 * 60_000,
};

const longestPause = 15 * 60_000;

type Refused = Pick<Session, 'startedAt' | 'endedAt' | 'failure'>;

/**
 * Until when an account is left alone, of the sessions that ran under it: each failure in a row doubles the pause, a session that
 * ended otherwise ends it. null: it may be used.
 */
export function coolDownUntil(sessions: readonly Refused[]): number | null {
  const ended = sessions.filter(({ endedAt }) => endedAt !== null);
  const latest = ended.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  const inARow = latest.findIndex(({ failure }) => pauseOf(failure) === null);
  const failed = inARow < 0 ? latest : latest.slice(0, inARow);
  const [last] = failed;
  if (last?.failure === undefined || last.failure === null || last.endedAt === null) return null;
  const { resetAt } = last.failure;
  if (resetAt !== null && resetAt > last.endedAt) return resetAt;
  // A window that has opened meanwhile is no longer what holds it up.
  const first = resetAt === null ? pauseOf(last.failure) : pauseOf({ ...last.failure, class: 'rate_limit' });
  const pause = (first ?? 0) * 2 ** (timesInARow(failed) - 1);
  return last.endedAt + Math.min(pause, longestPause);
}

/** Sessions that ran side by side were refused once. The latest first. */
function timesInARow(failed: readonly Refused[]): number {
  let [times, since] = [0, Number.POSITIVE_INFINITY];
  for (const { startedAt, endedAt } of failed) {
    if ((endedAt ?? 0) > since) continue;
    times += 1;
    since = startedAt;
  }
  return times;
}

function pauseOf(failure: Session['failure']): number | null {
  return failure === undefined || failure === null ? null : (pauses[failure.class] ?? null);
}
