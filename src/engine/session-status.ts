import { type Status, statusOf } from '../domain/session-status.ts';
import type { Session } from '../domain/task.ts';
import type { World } from './context.ts';
import type { Live } from './live.ts';

export type StatusWorld = Pick<World, 'clock' | 'findAgent'>;

/** An agent that says nothing for so long is worth a person's look; it is never ended for that. */
const STUCK_AFTER_MS = 10 * 60_000;

/** What people see of a session now, from its row and from what was heard of its agent. */
export function sessionStatus({ clock, findAgent }: StatusWorld, live: Live, session: Session): Status {
  return statusOf({
    session: { state: session.state, since: session.endedAt ?? session.startedAt },
    dialog: findAgent(session.agent).capabilities.dialog,
    agent: live.facts(session.id),
    now: clock.now(),
    stuckAfterMs: STUCK_AFTER_MS,
  });
}
