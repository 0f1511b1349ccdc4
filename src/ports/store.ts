import type { TreeResult } from '../domain/check-result.ts';
import type { Event, NewEvent } from '../domain/events.ts';
import type { Message } from '../domain/message.ts';
import type { Run } from '../domain/run.ts';
import type { Attempt, Landing, Session, Task } from '../domain/task.ts';

/** Checks of one tree, kept so that a restart or a merge that yields the same tree need not run them again. */
export interface StoredResult {
  /** `<run>.<tree>` */
  id: string;
  run: string;
  result: TreeResult;
}

export interface Rows {
  run: Run;
  task: Task;
  attempt: Attempt;
  session: Session;
  landing: Landing;
  result: StoredResult;
  message: Message;
}

export type Kind = keyof Rows;

/** What must still be true of a row when it is written; otherwise nothing of the whole change is written. */
export interface Expectation {
  state?: string;
  /** The fencing token. */
  attempt?: number;
}

/** Its state changes through `applyTransitions` alone. */
export type Patch<K extends Kind> = Partial<Omit<Rows[K], 'state'>> & { state?: never };

export type Write =
  | {
      [K in Kind]:
        | { op: 'insert'; kind: K; row: Rows[K] }
        | { op: 'update'; kind: K; id: string; expect: Expectation; patch: Patch<K> };
    }[Kind]
  | { op: 'delete'; kind: 'result'; id: string };

/** `run` holds for every kind, the others where the kind has that field. */
export interface Filter {
  run?: string;
  task?: string;
  states?: readonly string[];
}

export interface EventFilter {
  run?: string;
  task?: string;
  session?: string;
}

/**
 * Durable rows and the event log. One writer at a time; readers see only whole changes.
 *
 * Contract: `commit` is all or nothing and durable when it resolves to true (survives the death of the process and,
 * on disk, of the machine). It resolves to false, and writes nothing, when an expectation fails, an updated row does
 * not exist or an inserted id does; what is deleted need not exist. It rejects only when the medium fails (disk full, file damaged). Rows that are
 * returned are copies: changing one changes nothing here.
 */
export interface Store {
  get<K extends Kind>(kind: K, id: string): Promise<Rows[K] | null>;
  /** In the order of insertion. */
  list<K extends Kind>(kind: K, filter?: Filter): Promise<Rows[K][]>;
  commit(writes: readonly Write[], events: readonly NewEvent[]): Promise<boolean>;
  /** Rows with `seq > after`, ascending, at most `limit`. */
  events(after: number, filter: EventFilter, limit: number): Promise<Event[]>;
  /** Sequence number of the newest event, 0 when there is none. */
  lastSeq(): Promise<number>;
  close(): Promise<void>;
}
