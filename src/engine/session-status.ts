import { type Status, statusOf } from '../domain/session-status.ts';
import type { Session } from '../domain/task.ts';
import type { World } from './context.ts';
import type { Live } from './live.ts';

export type StatusWorld = Pick<World, 'clock' | 'findAgent'>;

/** What people see of a session now, from its row and from what was heard of its agent. */
export function sessionStatus(
  { clock }: StatusWorld,
  live: Live,
  { session, stuckAfterMs }: { session: Session; stuckAfterMs: number },
): Status {
  return statusOf({
    session: { state: session.state, since: session.endedAt ?? session.startedAt },
    agent: live.facts(session.id),
    toldAt: live.toldAt(session.id),
    now: clock.now(),
    stuckAfterMs,
  });
}
