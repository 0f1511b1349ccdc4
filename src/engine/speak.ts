import { setTimeout as delay } from 'node:timers/promises';
import { AoError } from '../domain/errors.ts';
import type { Message, MessageContent } from '../domain/message.ts';
import type { Session } from '../domain/task.ts';
import type { KeyedMutex } from '../lib/keyed-mutex.ts';
import type { Write } from '../ports/store.ts';
import type { World } from './context.ts';
import type { MessageView } from './engine.ts';
import type { Live } from './live.ts';
import { newMessage, openMessages } from './outbox.ts';

const PATIENCE_MS = 5000;

/**
 * A person says something to a session's agent: it goes into the outbox and from there to the agent, as soon as that can
 * take it. Resolves to the last of what is said.
 */
export async function speak(
  { world, live }: { world: Pick<World, 'store' | 'clock' | 'findAgent'>; live: Live },
  session: Session,
  contents: readonly MessageContent[],
): Promise<Message> {
  if (session.state !== 'running') {
    throw notNow(session.id, session.state === 'ended' ? 'has ended' : 'is still being prepared');
  }
  if (!world.findAgent(session.agent).capabilities.dialog) {
    throw new AoError(
      'conflict',
      `The agent ${session.agent} takes nothing but its task.`,
      'Wait for its end, or end its run with `ao stop`.',
    );
  }
  const inserts = contents.map((content) => newMessage(session, content, world.clock.now()));
  const { run, task, id } = session;
  const events = contents.map(({ kind }) => {
    return { run, task, session: id, type: 'message.queued', body: { kind } };
  });
  const last = inserts.at(-1)?.row;
  if (last === undefined) throw new Error('nothing was said');
  // A session that ends meanwhile closes its outbox: nothing may be put into it behind that.
  const isThere: Write = { op: 'update', kind: 'session', id, expect: { state: 'running' }, patch: {} };
  if (!(await world.store.commit([isThere, ...inserts], events))) throw notNow(id, 'has just ended');
  live.nudge(id);
  return last;
}

function notNow(session: string, why: string): AoError {
  return new AoError('conflict', `Session ${session} ${why}.`, 'See `ao list --live`.');
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

interface Voice {
  world: Pick<World, 'store' | 'clock' | 'findAgent'>;
  live: Live;
  /** One answer after another for each session: of two people who answer one question at once, the second is told so. */
  answering: KeyedMutex;
}

/** A person answers a question of a session's agent. */
export function permit(voice: Voice, session: Session, answer: Permit): Promise<Message> {
  return voice.answering.run(session.id, async () =>
    speak(voice, session, [await answerTo(voice, session, answer)]),
  );
}

/** The answer to the only question that is open, or to the one that is named. */
async function answerTo(
  { world, live }: { world: Pick<World, 'store' | 'clock'>; live: Live },
  session: Session,
  { request, allow, reason }: Permit,
): Promise<MessageContent> {
  // A daemon that has just come does not know yet what was asked under the one before.
  const patience = delay(PATIENCE_MS, undefined, { ref: false });
  if (session.state === 'running') await Promise.race([live.untilRead(session.id), patience]);
  const open = await openMessages(world, session); // before the facts: an answer that is over by then shows in those
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
  if (open.some(({ content }) => content.kind === 'answer' && content.request === first.id)) {
    throw new AoError(
      'conflict',
      `Session ${session.id} is being told the answer already.`,
      'See `ao status`.',
    );
  }
  return { kind: 'answer', request: first.id, allow, reason };
}
