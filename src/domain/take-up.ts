import type { FailureClass, TakenUp } from './agent-facts.ts';
import type { Session } from './task.ts';
import { spentBy } from './usage.ts';

/** Behind these a conversation is as good as before: nothing came of what was asked, or a person has mended it. */
const unharmed: ReadonlySet<FailureClass> = new Set([
  'rate_limit',
  'usage_limit',
  'overloaded',
  'network',
  'quota',
  'authentication',
]);

type Ended = Pick<
  Session,
  'agent' | 'account' | 'attempt' | 'endedAt' | 'outcome' | 'failure' | 'conversation' | 'takesUp' | 'usage'
>;

/** It comes from the agent's output, and becomes an argument of its program. */
const wellNamed = /^[^\s-]\S{0,499}$/;

/**
 * The conversation that the next attempt at a task goes on with, of the sessions that worked on it before; null: it begins a new
 * one. A full conversation is never taken up, and one that was taken up in vain is not tried again.
 */
export function conversationToTakeUp(
  sessions: readonly Ended[],
  next: Pick<Session, 'agent' | 'account'>,
): TakenUp | null {
  const last = sessions.toSorted((a, b) => a.attempt - b.attempt).at(-1);
  const conversation = last?.conversation;
  if (last === undefined || last.endedAt === null || !conversation || !wellNamed.test(conversation))
    return null;
  if (last.agent !== next.agent || last.account !== next.account || !isWorthIt(last)) return null;
  const held = sessions.filter((session) => session.conversation === conversation);
  const { tokens, costUsd } = spentBy(held.map(({ usage }) => usage ?? null)); // each session knows its own part
  return { conversation, spent: { tokens, costUsd } };
}

function isWorthIt({ outcome, failure, takesUp }: Ended): boolean {
  if (failure) return unharmed.has(failure.class);
  // Where it was cut short in the middle of its work, by itself or by us, that may be the fault of what was said before: once is enough.
  return outcome === 'completed' || !takesUp;
}
