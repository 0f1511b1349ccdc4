import { randomUUID } from 'node:crypto';
import type { AgentFacts, Observation } from '../domain/agent-facts.ts';
import type { Message, MessageContent } from '../domain/message.ts';
import type { Session } from '../domain/task.ts';
import { essence } from '../domain/terminal-delivery.ts';
import type { Intent } from '../ports/agent.ts';
import type { Write } from '../ports/store.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import type { Hearing } from './hearing.ts';

type Outbox = Pick<RunContext, 'store' | 'clock'>;

type NewMessage = Extract<Write, { op: 'insert'; kind: 'message' }>;

/** The row of something that is to be told to a session's agent. */
export function newMessage(session: Session, content: MessageContent, now: number): NewMessage {
  const { id, run, task, attempt } = session;
  const row: Message = {
    id: randomUUID(),
    run,
    task,
    attempt,
    session: id,
    state: 'queued',
    content,
    problem: null,
    queuedAt: now,
    settledAt: null,
  };
  return { op: 'insert', kind: 'message', row };
}

/** The task is the first thing that an agent is told; once, however often a daemon dies while it starts that agent. */
export async function queueTask(outbox: Outbox, session: Session, text: string): Promise<void> {
  if ((await openMessages(outbox, session)).length > 0) return;
  await outbox.store.commit([newMessage(session, { kind: 'message', text }, outbox.clock.now())], []);
}

/** What has not come to its end yet, in the order in which it was said. */
export async function openMessages({ store }: Outbox, { run, task, id }: Session): Promise<Message[]> {
  const rows = await store.list('message', { run, task, states: ['queued', 'sent'] });
  return rows.filter(({ session }) => session === id);
}

/**
 * Writes down what the agent's output showed of messages that were written to it. It shows nothing of one whose intent an
 * earlier daemon left behind: a turn that ended before an interruption was written was another one.
 */
export async function noteEvidence(
  outbox: Outbox,
  { session, wasWritten }: Pick<Telling, 'session' | 'wasWritten'>,
  evidence: readonly Observation[],
): Promise<void> {
  for (const observation of evidence) {
    const sent = (await openMessages(outbox, session)).filter(
      ({ state, id, content }) =>
        state === 'sent' && (content.kind !== 'interrupt' || wasWritten(JSON.stringify(id))),
    );
    const moves = movesFor(observation, sent, outbox.clock.now());
    if (moves.length > 0) await applyTransitions(outbox.store, moves);
  }
}

function movesFor(observation: Observation, sent: readonly Message[], settledAt: number): Move[] {
  const received = (row: Message): Move => ({ kind: 'message', row, event: 'receive', patch: { settledAt } });
  switch (observation.kind) {
    case 'received': {
      const { message } = observation;
      // An interruption is over with the turn, which ends some time after the agent says that it has heard.
      const row = sent.find(({ id, content }) =>
        message === null
          ? isMeant(content, observation.text)
          : id === message && content.kind !== 'interrupt',
      );
      return row === undefined ? [] : [received(row)];
    }
    case 'refused': {
      const row = sent.find(({ id }) => id === observation.message);
      const patch = { settledAt, problem: observation.text };
      return row === undefined ? [] : [{ kind: 'message', row, event: 'fail', patch }];
    }
    case 'settled':
      return sent
        .filter(({ content }) => content.kind === 'answer' && content.request === observation.request)
        .map(received);
    case 'turn_ended':
      return sent.filter(({ content }) => content.kind === 'interrupt').map(received);
    default:
      return [];
  }
}

/** Of several messages that an agent took as one, each shows when the one before it did. */
function isMeant(content: MessageContent, text: string | undefined): boolean {
  if (content.kind !== 'message') return false;
  return text === undefined || essence(text).includes(essence(content.text));
}

/** An agent between its turns that was told something, and has not shown that it has it, is not idle. */
export async function noteTold(
  context: Outbox & Pick<RunContext, 'live'>,
  session: Session,
  { working }: AgentFacts,
): Promise<void> {
  const open = working === false ? await openMessages(context, session) : [];
  const isTold = open.some(({ state, content }) => state === 'sent' && content.kind === 'message');
  context.live.setTold(session.id, isTold ? context.clock.now() : null);
}

/**
 * Tells the agent what waits for it, as far as it can take it now: the intent is written down, then the line goes out. A
 * message whose intent an earlier daemon left behind goes out only where it was never written.
 */
export async function tell(context: Outbox, telling: Telling): Promise<void> {
  const rows = await openMessages(context, telling.session);
  const isTold = rows.some(({ state, content }) => state === 'sent' && content.kind === 'message');
  let waits = false; // what is said to it keeps its order; answers and interruptions do not queue behind messages
  for (const row of rows) {
    const { kind } = row.content;
    if (kind === 'message' && waits) continue;
    // A message behind an interruption is for the turn after it: no agent takes it into the one that is ending.
    const isOpen = await tellOne(context, row, { ...telling, isTold });
    waits ||= kind !== 'answer' && isOpen;
  }
}

export interface Telling {
  session: Session;
  hearing: Pick<Hearing, 'agent' | 'state' | 'facts'>;
  /** True where that text stands in what was ever written to the agent. */
  wasWritten(text: string): boolean;
  /** Writes it, unless it stands there. */
  write(line: string): Promise<void>;
}

/** False where it will never be told. */
async function tellOne(
  context: Outbox,
  row: Message,
  { hearing, isTold, wasWritten, write }: Telling & { isTold: boolean },
): Promise<boolean> {
  const { content } = row;
  if (row.state === 'sent' && content.kind !== 'answer' && wasWritten(JSON.stringify(row.id))) return true;
  const may = mayTell(content, hearing, isTold);
  const line = may ? hearing.agent.encode(intentOf(row), hearing.state) : null;
  if (line === null) {
    const isLate = content.kind === 'interrupt' || (content.kind === 'answer' && row.state === 'queued');
    if (isLate) await failMessage(context, row, cannotNow(content));
    return !isLate;
  }
  const isIntended =
    row.state === 'sent' ||
    (await applyTransitions(context.store, [{ kind: 'message', row, event: 'send' }]));
  if (isIntended) await write(line);
  return true;
}

/** `isTold`: it was told something that it has not shown to have, which may be a turn already. */
function mayTell({ kind }: MessageContent, { facts, agent }: Telling['hearing'], isTold: boolean): boolean {
  switch (kind) {
    case 'message':
      return facts.working !== true || agent.capabilities.whileBusy !== null;
    case 'interrupt':
      return facts.working === true || isTold;
    case 'answer':
      return true;
  }
}

function intentOf({ id, content }: Message): Intent {
  return content.kind === 'answer' ? content : { ...content, id };
}

function cannotNow({ kind }: MessageContent): string {
  return kind === 'interrupt' ? 'it is not in a turn' : 'that question is not open any more';
}

/** Questions that are answered: that stands in what was written, whether or not the agent's protocol has a word for having read it. */
export async function answeredOf(
  { store }: Outbox,
  { session, hearing, wasWritten }: Omit<Telling, 'write'>,
): Promise<string[]> {
  const { agent, state, facts } = hearing;
  if (facts.asked.length === 0) return [];
  const { run, task, id } = session;
  const rows = await store.list('message', { run, task, states: ['sent', 'received'] });
  return rows.flatMap(({ session: of, content }) => {
    const line = of === id && content.kind === 'answer' ? agent.encode(content, state) : null;
    return content.kind === 'answer' && line !== null && wasWritten(line) ? [content.request] : [];
  });
}

export async function failMessage({ store, clock }: Outbox, row: Message, problem: string): Promise<void> {
  const patch = { problem, settledAt: clock.now() };
  await applyTransitions(store, [{ kind: 'message', row, event: 'fail', patch }]);
}

/**
 * The agent is gone: what it never showed to have is undelivered, and its text is kept. One that is being told at this moment
 * is sent when it was read as queued: it is looked at until nothing is open.
 */
export async function closeOutbox(outbox: Outbox, session: Session): Promise<void> {
  for (let open = await openMessages(outbox, session); open.length > 0; ) {
    for (const row of open) await failMessage(outbox, row, neverShown(row));
    open = await openMessages(outbox, session);
  }
}

function neverShown({ state }: Message): string {
  return state === 'queued'
    ? 'the agent ended before it could be told'
    : 'the agent ended and did not show that it has this';
}

/** True when the agent has nothing more to do: its turn is over and nobody has said anything more. */
export async function isOver(outbox: Outbox, session: Session, facts: AgentFacts): Promise<boolean> {
  if (facts.working !== false || facts.end === null) return false;
  if (facts.end.outcome === 'failed') return true;
  return !(await openMessages(outbox, session)).some(({ content }) => content.kind === 'message');
}
