import { AoError } from '../domain/errors.ts';
import type { Message, MessageContent } from '../domain/message.ts';
import type { Session } from '../domain/task.ts';
import type { World } from './context.ts';
import type { MessageView } from './engine.ts';
import type { Live } from './live.ts';
import { newMessage } from './outbox.ts';

/** A person says something to a session's agent: it goes into the outbox and from there to the agent, as soon as that can take it. */
export async function speak(
  { world, live }: { world: Pick<World, 'store' | 'clock' | 'findAgent'>; live: Live },
  session: Session,
  content: MessageContent,
): Promise<Message> {
  if (session.state === 'ended') {
    throw new AoError('conflict', `Session ${session.id} has ended.`, 'See `ao list --live`.');
  }
  if (!world.findAgent(session.agent).capabilities.dialog) {
    throw new AoError(
      'conflict',
      `The agent ${session.agent} takes nothing but its task.`,
      'Wait for its end, or end its run with `ao stop`.',
    );
  }
  const insert = newMessage(session, content, world.clock.now());
  const { run, task, id } = session;
  const event = { run, task, session: id, type: 'message.queued', body: { kind: content.kind } };
  if (!(await world.store.commit([insert], [event]))) throw new Error(`message ${insert.row.id} exists`);
  live.nudge(id);
  return insert.row;
}

export interface Permit {
  /** null: the only question that is open. */
  request: string | null;
  allow: boolean;
  /** For the agent, where it is denied. */
  reason: string;
}

export function messageView({ id, session, state, problem }: Message): MessageView {
  return { id, session, state, problem };
}

/** The answer to the only question that is open, or to the one that is named. */
export function answerTo(live: Live, session: Session, { request, allow, reason }: Permit): MessageContent {
  const { asked } = live.facts(session.id);
  const [first, ...more] = request === null ? asked : asked.filter(({ id }) => id === request);
  if (first === undefined) {
    throw new AoError('conflict', `Session ${session.id} asks for no permission now.`, 'See `ao status`.');
  }
  if (more.length > 0) {
    const ids = asked.map(({ id, title }) => `${id} (${title})`).join(', ');
    throw new AoError(
      'usage',
      `Session ${session.id} asks several things.`,
      `Name one with --request: ${ids}.`,
    );
  }
  return { kind: 'answer', request: first.id, allow, reason };
}
