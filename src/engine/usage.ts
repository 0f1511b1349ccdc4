import type { Usage } from '../domain/agent-facts.ts';
import type { Session } from '../domain/task.ts';
import { type Spent, spentBy } from '../domain/usage.ts';
import type { World } from './context.ts';
import type { Live } from './live.ts';

/** What its agent told so far; null where it told nothing. */
export function usageOf(live: Live, session: Session): Usage | null {
  return live.facts(session.id).usage ?? session.usage ?? null;
}

/** Of all sessions whose agents speak a protocol, and were started; null where there is none: what only prints tells nothing. */
export function spentOn(
  { findAgent }: Pick<World, 'findAgent'>,
  live: Live,
  sessions: readonly Session[],
): Spent | null {
  const speaking = sessions.filter(
    ({ agent, handle }) => handle !== null && findAgent(agent).capabilities.dialog,
  );
  return speaking.length === 0 ? null : spentBy(speaking.map((session) => usageOf(live, session)));
}
