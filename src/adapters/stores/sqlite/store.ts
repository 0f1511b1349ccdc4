import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { AoError } from '../../../domain/errors.ts';
import type { Event, NewEvent } from '../../../domain/events.ts';
import type { Clock } from '../../../ports/clock.ts';
import { checkFilter, fieldsOf, meets, patched } from '../../../ports/row-fields.ts';
import type { EventFilter, Filter, Kind, Rows, Store, Write } from '../../../ports/store.ts';
import { Statements } from './statements.ts';

type Row = Record<string, unknown>;

/** Every call runs to its end before the next one starts, so that a commit is one transaction without further locks. */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #clock: Clock;
  readonly #path: string;

  constructor(database: DatabaseSync, clock: Clock, path: string) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#clock = clock;
    this.#path = path;
  }

  async get<K extends Kind>(kind: K, id: string): Promise<Rows[K] | null> {
    return bodyOf(kind, this.#statements.of(kind).get.get(id));
  }

  async list<K extends Kind>(kind: K, filter: Filter = {}): Promise<Rows[K][]> {
    checkFilter(kind, filter);
    const { statement, values } = this.#statements.list(kind, filter);
    return statement.all(...values).flatMap((row) => bodyOf(kind, row) ?? []);
  }

  async commit(writes: readonly Write[], events: readonly NewEvent[]): Promise<boolean> {
    try {
      // Takes the write lock first: what is read below cannot change before it is written.
      this.#database.exec('BEGIN IMMEDIATE');
      const done = writes.every((write) => this.#write(write));
      if (done) this.#append(events);
      this.#database.exec(done ? 'COMMIT' : 'ROLLBACK');
      return done;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw mediumFailed(this.#path, error);
    }
  }

  async events(after: number, filter: EventFilter, limit: number): Promise<Event[]> {
    const { statement, values } = this.#statements.events(filter);
    return statement.all(after, ...values, limit).map(toEvent);
  }

  async lastSeq(): Promise<number> {
    return this.#lastSeq();
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  #lastSeq(): number {
    return Number(this.#statements.lastSeq.get()?.['seq'] ?? 0);
  }

  #write(write: Write): boolean {
    const statements = this.#statements.of(write.kind);
    if (write.op === 'insert') {
      return statements.insert.run(write.row.id, ...columns(write.kind, write.row)).changes === 1;
    }
    if (write.op === 'delete') {
      statements.remove.run(write.id);
      return true;
    }
    const found = bodyOf(write.kind, statements.get.get(write.id));
    if (found === null || !meets(fieldsOf(write.kind, found), write.expect)) return false;
    const row = patched(found, write.patch);
    return statements.update.run(...columns(write.kind, row), write.id).changes === 1;
  }

  #append(events: readonly NewEvent[]): void {
    if (events.length === 0) return;
    const at = this.#clock.now();
    let seq = this.#lastSeq();
    for (const { run, task, session, type, body } of events) {
      seq += 1;
      this.#statements.insertEvent.run(seq, at, run, task, session, type, JSON.stringify(body));
    }
  }
}

/** In the order of both the insert and the update statement. */
function columns<K extends Kind>(kind: K, row: Rows[K]): SQLInputValue[] {
  const { run, task, state, attempt } = fieldsOf(kind, row);
  return [run, task, state, attempt, JSON.stringify(row)];
}

function bodyOf<K extends Kind>(_kind: K, row: Row | undefined): Rows[K] | null {
  return row === undefined ? null : (JSON.parse(String(row['body'])) as Rows[K]);
}

function toEvent(row: Row): Event {
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    run: textOrNull(row['run_id']),
    task: textOrNull(row['task_id']),
    session: textOrNull(row['session_id']),
    type: String(row['type']),
    body: JSON.parse(String(row['body'])),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Errors of SQLite itself; anything else that was thrown in a commit is a bug and goes up as it is. */
function mediumFailed(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  return new AoError(
    'failed',
    `the database ${path} cannot be written: ${error.message}`,
    'Free disk space or check the disk, then run the command again: nothing of this change was kept.',
    { cause: error },
  );
}
