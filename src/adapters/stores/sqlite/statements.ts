import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { kinds } from '../../../ports/row-fields.ts';
import type { EventFilter, Filter, Kind } from '../../../ports/store.ts';

export interface KindStatements {
  get: StatementSync;
  insert: StatementSync;
  update: StatementSync;
  remove: StatementSync;
}

/** Every hot statement, prepared once. Table names come from our own list of kinds, never from outside. */
export class Statements {
  readonly byKind: ReadonlyMap<Kind, KindStatements>;
  readonly insertEvent: StatementSync;
  readonly lastSeq: StatementSync;
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.byKind = new Map(kinds.map((kind) => [kind, forKind(database, kind)]));
    this.insertEvent = database.prepare(
      'INSERT INTO events (seq, at, run_id, task_id, session_id, type, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.lastSeq = database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events');
  }

  of(kind: Kind): KindStatements {
    const statements = this.byKind.get(kind);
    if (statements === undefined) throw new Error(`no table for ${kind}`);
    return statements;
  }

  list(kind: Kind, filter: Filter): { statement: StatementSync; values: string[] } {
    const states = filter.states ?? [];
    const conditions: string[] = [];
    const values: string[] = [];
    if (filter.run !== undefined) conditions.push('run_id = ?');
    if (filter.run !== undefined) values.push(filter.run);
    if (filter.task !== undefined) conditions.push('task_id = ?');
    if (filter.task !== undefined) values.push(filter.task);
    if (filter.states !== undefined) conditions.push(`state IN (${states.map(() => '?').join(', ')})`);
    values.push(...states);
    return { statement: this.#prepare(`SELECT body FROM ${kind}${where(conditions)} ORDER BY n`), values };
  }

  events(filter: EventFilter): { statement: StatementSync; values: string[] } {
    const conditions = ['seq > ?'];
    const values: string[] = [];
    for (const name of ['run', 'task', 'session'] as const) {
      const value = filter[name];
      if (value === undefined) continue;
      conditions.push(`${name}_id = ?`);
      values.push(value);
    }
    const sql = `SELECT seq, at, run_id, task_id, session_id, type, body FROM events${where(conditions)} ORDER BY seq LIMIT ?`;
    return { statement: this.#prepare(sql), values };
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function forKind(database: DatabaseSync, kind: Kind): KindStatements {
  return {
    get: database.prepare(`SELECT body FROM ${kind} WHERE id = ?`),
    insert: database.prepare(
      `INSERT INTO ${kind} (id, run_id, task_id, state, attempt, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
    ),
    update: database.prepare(
      `UPDATE ${kind} SET run_id = ?, task_id = ?, state = ?, attempt = ?, body = ? WHERE id = ?`,
    ),
    remove: database.prepare(`DELETE FROM ${kind} WHERE id = ?`),
  };
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}
