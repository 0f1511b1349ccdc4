import type { NewEvent } from '../domain/events.ts';
import { type LandingEvent, landingLifecycle } from '../domain/lifecycles/landing.ts';
import { nextState } from '../domain/lifecycles/lifecycle.ts';
import { type MessageEvent, messageLifecycle } from '../domain/lifecycles/message.ts';
import { type RunEvent, runLifecycle } from '../domain/lifecycles/run.ts';
import { type SessionEvent, sessionLifecycle } from '../domain/lifecycles/session.ts';
import { type TaskEvent, taskLifecycle } from '../domain/lifecycles/task.ts';
import type { Message } from '../domain/message.ts';
import type { Run } from '../domain/run.ts';
import type { Landing, Session, Task } from '../domain/task.ts';
import type { Store, Write } from '../ports/store.ts';

/** One legal step of one row, with what else changes in it and what the log says of it. */
export type Move =
  | { kind: 'run'; row: Run; event: RunEvent; patch?: Partial<Run>; body?: Record<string, unknown> }
  | { kind: 'task'; row: Task; event: TaskEvent; patch?: Partial<Task>; body?: Record<string, unknown> }
  | {
      kind: 'session';
      row: Session;
      event: SessionEvent;
      patch?: Partial<Session>;
      body?: Record<string, unknown>;
    }
  | {
      kind: 'landing';
      row: Landing;
      event: LandingEvent;
      patch?: Partial<Landing>;
      body?: Record<string, unknown>;
    }
  | {
      kind: 'message';
      row: Message;
      event: MessageEvent;
      patch?: Partial<Message>;
      body?: Record<string, unknown>;
    };

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

function toWrite(move: Move): Write {
  switch (move.kind) {
    case 'run': {
      const state = legal(nextState(runLifecycle, move.row.state, move.event), move);
      return update('run', move.row.id, { state: move.row.state }, { ...move.patch, state });
    }
    case 'task': {
      const state = legal(nextState(taskLifecycle, move.row.state, move.event), move);
      const expect = { state: move.row.state, attempt: move.row.attempt };
      return update('task', move.row.id, expect, { ...move.patch, state });
    }
    case 'session': {
      const state = legal(nextState(sessionLifecycle, move.row.state, move.event), move);
      return update('session', move.row.id, { state: move.row.state }, { ...move.patch, state });
    }
    case 'landing': {
      const state = legal(nextState(landingLifecycle, move.row.state, move.event), move);
      return update('landing', move.row.id, { state: move.row.state }, { ...move.patch, state });
    }
    case 'message': {
      const state = legal(nextState(messageLifecycle, move.row.state, move.event), move);
      return update('message', move.row.id, { state: move.row.state }, { ...move.patch, state });
    }
  }
}

type Update = Extract<Write, { op: 'update' }>;

function update<K extends Update['kind']>(
  kind: K,
  id: string,
  expect: Update['expect'],
  patch: Extract<Update, { kind: K }>['patch'],
): Write {
  return { op: 'update', kind, id, expect, patch } as Write;
}

function legal<S>(state: S | null, move: Move): S {
  if (state === null) throw new Error(`${move.kind} ${move.row.id}: no ${move.event} from ${move.row.state}`);
  return state;
}

function toEvent(move: Move): NewEvent {
  return { ...subject(move), type: `${move.kind}.${move.event}`, body: move.body ?? {} };
}

function subject(move: Move): { run: string; task: string | null; session: string | null } {
  switch (move.kind) {
    case 'run':
      return { run: move.row.id, task: null, session: null };
    case 'task':
      return { run: move.row.run, task: move.row.id, session: null };
    case 'session':
      return { run: move.row.run, task: move.row.task, session: move.row.id };
    case 'landing':
      return { run: move.row.run, task: move.row.task, session: null };
    case 'message':
      return { run: move.row.run, task: move.row.task, session: move.row.session };
  }
}
