import type { TakenUp } from '../domain/agent-facts.ts';
import { conversationToTakeUp } from '../domain/take-up.ts';
import type { Session, Task } from '../domain/task.ts';
import type { RunContext } from './context.ts';

interface Resumption {
  takesUp: TakenUp | null;
  /** Where the next attempt works, if that has to be where the last one did. */
  path: string | null;
}

const afresh: Resumption = { takesUp: null, path: null };

/**
 * What the next attempt goes on with. An agent that knows a conversation only in the directory where it was held gets that
 * directory again, made anew: all that the last attempt did in it is saved.
 */
export async function resumption(context: RunContext, task: Task, account: string): Promise<Resumption> {
  const { agent, workspace } = context.options;
  const { takesUp: where } = context.findAgent(agent).capabilities;
  if (where === null) return afresh;
  const sessions = await context.store.list('session', { run: context.run, task: task.id });
  const takesUp = conversationToTakeUp(sessions, { agent, account });
  if (takesUp === null || where === 'anywhere') return { takesUp, path: null };
  const last = await context.store.get('attempt', `${task.id}.${task.attempt}`);
  const held = sessions.find(({ id }) => id === last?.session);
  if (workspace !== 'clone' || held === undefined || last?.change === null) return afresh;
  return { takesUp, path: held.workspace.path };
}

/** Whether a later attempt works where that session did: what lies there is not this one's any more. */
export function gaveUpPlace(session: Session, sessions: readonly Session[]): boolean {
  return sessions.some(
    ({ task, attempt, workspace }) =>
      task === session.task && attempt > session.attempt && workspace.path === session.workspace.path,
  );
}
