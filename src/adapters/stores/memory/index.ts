import type { Event, NewEvent } from '../../../domain/events.ts';
import type { Clock } from '../../../ports/clock.ts';
import { checkFilter, fieldsOf, kinds, meets, patched, type RowFields } from '../../../ports/row-fields.ts';
import type { EventFilter, Filter, Kind, Rows, Store, Write } from '../../../ports/store.ts';

interface Entry {
  fields: RowFields;
  /** JSON, as on disk: what is handed out can never be the stored object. */
  body: string;
}

type Table = Map<string, Entry>;
/** What a commit makes of rows; null where it deletes one. */
type Staged = Map<string, Entry | null>;

/** A store that forgets everything with the process: for the demo, tests, and engines without a data directory. */
export function openMemoryStore(clock: Clock): Store {
  const tables = new Map<Kind, Table>(kinds.map((kind) => [kind, new Map()]));
  const log: string[] = [];

  return {
    async get(kind, id) {
      return read(kind, tableOf(tables, kind).get(id));
    },
    async list<K extends Kind>(kind: K, filter: Filter = {}) {
      checkFilter(kind, filter);
      const rows: Rows[K][] = [];
      for (const entry of tableOf(tables, kind).values()) {
        const row = selected(entry.fields, filter) ? read(kind, entry) : null;
        if (row !== null) rows.push(row);
      }
      return rows;
    },
    async commit(writes, events) {
      const staged = new Map<Kind, Staged>(kinds.map((kind) => [kind, new Map()]));
      for (const write of writes) {
        if (!stage(write, staged, tables)) return false;
      }
      const rows = events.map((event, index) => eventRow(event, log.length + index + 1, clock.now()));
      for (const [kind, table] of staged) {
        for (const [id, entry] of table) {
          if (entry === null) tableOf(tables, kind).delete(id);
          else tableOf(tables, kind).set(id, entry);
        }
      }
      log.push(...rows);
      return true;
    },
    async events(after, filter, limit) {
      const found: Event[] = [];
      for (let index = Math.max(after, 0); index < log.length && found.length < limit; index++) {
        const event: Event = JSON.parse(log[index] ?? 'null');
        if (concerns(event, filter)) found.push(event);
      }
      return found;
    },
    async lastSeq() {
      return log.length;
    },
    async close() {},
  };
}

function tableOf<T>(tables: Map<Kind, T>, kind: Kind): T {
  const table = tables.get(kind);
  if (table === undefined) throw new Error(`no table for ${kind}`);
  return table;
}

function read<K extends Kind>(_kind: K, entry: Entry | undefined): Rows[K] | null {
  return entry === undefined ? null : (JSON.parse(entry.body) as Rows[K]);
}

/** Writes into `staged`, over what is stored. False where the write may not happen. */
function stage(write: Write, staged: Map<Kind, Staged>, stored: Map<Kind, Table>): boolean {
  const id = write.op === 'insert' ? write.row.id : write.id;
  const table = tableOf(staged, write.kind);
  const entry = (table.has(id) ? table.get(id) : tableOf(stored, write.kind).get(id)) ?? undefined;
  if (write.op === 'delete') {
    table.set(id, null);
    return true;
  }
  if (write.op === 'insert') {
    if (entry !== undefined) return false;
    table.set(id, makeEntry(write.kind, write.row));
    return true;
  }
  const row = read(write.kind, entry);
  if (entry === undefined || row === null || !meets(entry.fields, write.expect)) return false;
  table.set(id, makeEntry(write.kind, patched(row, write.patch)));
  return true;
}

function makeEntry<K extends Kind>(kind: K, row: Rows[K]): Entry {
  return { fields: fieldsOf(kind, row), body: JSON.stringify(row) };
}

function eventRow(event: NewEvent, seq: number, at: number): string {
  const { run, task, session, type, body } = event;
  return JSON.stringify({ seq, at, run, task, session, type, body } satisfies Event);
}

function selected(fields: RowFields, filter: Filter): boolean {
  if (filter.run !== undefined && filter.run !== fields.run) return false;
  if (filter.task !== undefined && filter.task !== fields.task) return false;
  return filter.states === undefined || (fields.state !== null && filter.states.includes(fields.state));
}

function concerns(event: Event, filter: EventFilter): boolean {
  if (filter.run !== undefined && filter.run !== event.run) return false;
  if (filter.task !== undefined && filter.task !== event.task) return false;
  return filter.session === undefined || filter.session === event.session;
}
