import type { Expectation, Filter, Kind, Rows } from './store.ts';

/** What every store keeps beside a row's body, so that expectations and filters mean the same in all of them. */
export interface RowFields {
  run: string;
  task: string | null;
  state: string | null;
  /** The fencing token. */
  attempt: number | null;
}

const readers: { [K in Kind]: (row: Rows[K]) => RowFields } = {
  run: (row) => ({ run: row.id, task: null, state: row.state, attempt: null }),
  task: (row) => ({ run: row.run, task: row.id, state: row.state, attempt: row.attempt }),
  attempt: (row) => ({ run: row.run, task: row.task, state: null, attempt: row.number }),
  session: (row) => ({ run: row.run, task: row.task, state: row.state, attempt: row.attempt }),
  landing: (row) => ({ run: row.run, task: row.task, state: row.state, attempt: row.attempt }),
  message: (row) => ({ run: row.run, task: row.task, state: row.state, attempt: row.attempt }),
  result: (row) => ({ run: row.run, task: null, state: null, attempt: null }),
};

const withoutTask: readonly Kind[] = ['run', 'result'];
const withoutState: readonly Kind[] = ['attempt', 'result'];

/** Names of all kinds; each is a table. */
export const kinds: readonly Kind[] = ['run', 'task', 'attempt', 'session', 'landing', 'result', 'message'];

export function fieldsOf<K extends Kind>(kind: K, row: Rows[K]): RowFields {
  return readers[kind](row);
}

/** True while `fields` are as the writer saw them. */
export function meets(fields: RowFields, expect: Expectation): boolean {
  if (expect.state !== undefined && expect.state !== fields.state) return false;
  return expect.attempt === undefined || expect.attempt === fields.attempt;
}

/** Throws on a filter that no row of that kind could answer: silently matching all or nothing would hide the bug. */
export function checkFilter(kind: Kind, filter: Filter): void {
  if (filter.task !== undefined && withoutTask.includes(kind)) throw new Error(`${kind} rows have no task`);
  if (filter.states !== undefined && withoutState.includes(kind))
    throw new Error(`${kind} rows have no state`);
}

/** `row` after `patch`. A row keeps its id and kind for life. */
export function patched<K extends Kind>(row: Rows[K], patch: Partial<Rows[K]>): Rows[K] {
  if (patch.id !== undefined && patch.id !== row.id) throw new Error(`the id of ${row.id} cannot change`);
  return { ...row, ...patch };
}
