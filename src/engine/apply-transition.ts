import type { NewEvent } from '../domain/events.ts';
import { type LandingEvent, landingLifecycle } from '../domain/lifecycles/landing.ts';
import { type Lifecycle, nextState } from '../domain/lifecycles/lifecycle.ts';
import { type MessageEvent, messageLifecycle } from '../domain/lifecycles/message.ts';
import { type RunEvent, runLifecycle } from '../domain/lifecycles/run.ts';
import { type SessionEvent, sessionLifecycle } from '../domain/lifecycles/session.ts';
import { type TaskEvent, taskLifecycle } from '../domain/lifecycles/task.ts';
import { fieldsOf } from '../ports/row-fields.ts';
import type { Patch, Rows, Store, Write } from '../ports/store.ts';

interface EventsOf {
  run: RunEvent;
  task: TaskEvent;
  session: SessionEvent;
  landing: LandingEvent;
  message: MessageEvent;
}

const lifecycles: { [K in keyof EventsOf]: Lifecycle<string, string> } = {
  run: runLifecycle,
  task: taskLifecycle,
  session: sessionLifecycle,
  landing: landingLifecycle,
  message: messageLifecycle,
};

/** One legal step of one row, with what else changes in it and what the log says of it. */
export type Move = {
  [K in keyof EventsOf]: {
    kind: K;
    row: Rows[K];
    event: EventsOf[K];
    patch?: Patch<K>;
    body?: Record<string, unknown>;
  };
}[keyof EventsOf];

/**
 * The only writer of state. Every move is checked against its transition table and written, together with its event row
 * and the other writes, in one transaction that holds only while each row still is in the state it was read in (and, for
 * tasks, under the same fencing token). Resolves to false when one of them is not: somebody else was quicker, read again.
 * A move that its table does not know is a bug and throws.
 */
export async function applyTransitions(
  store: Store,
  moves: readonly Move[],
  writes: readonly Write[] = [],
  events: readonly NewEvent[] = [],
): Promise<boolean> {
  return store.commit([...moves.map(toWrite), ...writes], [...moves.map(toEvent), ...events]);
}

function toWrite({ kind, row, event, patch }: Move): Write {
  const state = nextState(lifecycles[kind], row.state, event);
  if (state === null) throw new Error(`${kind} ${row.id}: no ${event} from ${row.state}`);
  const expect = kind === 'task' ? { state: row.state, attempt: row.attempt } : { state: row.state };
  return { op: 'update', kind, id: row.id, expect, patch: { ...patch, state } } as Write;
}

function toEvent({ kind, row, event, body = {} }: Move): NewEvent {
  const { run, task } = fieldsOf(kind, row);
  const session = kind === 'session' ? row.id : kind === 'message' ? row.session : null;
  return { run, task, session, type: `${kind}.${event}`, body };
}
