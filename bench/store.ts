// npm run bench -- store: claim and completion of tasks through the store, beside the same SQL in one loop.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../src/adapters/stores/sqlite/database.ts';
import { openSqliteStore } from '../src/adapters/stores/sqlite/index.ts';
import { systemClock } from '../src/adapters/system-clock.ts';
import { applyTransitions, type Move } from '../src/engine/apply-transition.ts';
import type { Store, Write } from '../src/ports/store.ts';
import { temporaryDirectory } from '../test/support/repositories.ts';
import { median, report, timed } from './support/figures.ts';
import { attemptRow, sessionRow, taskRow } from '../test/support/rows.ts';

const rounds = 9;
const perRound = 200;

type Ids = readonly string[];

/** Claims, then completes the tasks: what the engine does, in one transaction each for all of `ids`. */
async function throughStore(store: Store, ids: Ids): Promise<void> {
  const claims: Move[] = [];
  const inserts: Write[] = [];
  for (const id of ids) {
    const task = await store.get('task', id);
    if (task === null) throw new Error(`no task ${id}`);
    const patch = { attempt: 1, updatedAt: Date.now() };
    claims.push({ kind: 'task', row: task, event: 'claim', patch, body: { attempt: 1, session: `s-${id}` } });
    inserts.push({ op: 'insert', kind: 'attempt', row: attemptRow(id) });
    inserts.push({ op: 'insert', kind: 'session', row: sessionRow(id) });
  }
  if (!(await applyTransitions(store, claims, inserts))) throw new Error('not claimed');
  const ends: Move[] = [];
  const updates: Write[] = [];
  for (const id of ids) {
    const [task, session] = [await store.get('task', id), await store.get('session', `s-${id}`)];
    if (task === null || session === null) throw new Error(`no task ${id}`);
    const endedAt = Date.now();
    ends.push({
      kind: 'task',
      row: task,
      event: 'land',
      patch: { landed: { commit: 'c' }, updatedAt: endedAt },
    });
    ends.push({ kind: 'session', row: session, event: 'end', patch: { outcome: 'completed', endedAt } });
    const patch = { outcome: 'passed', endedAt } as const;
    updates.push({ op: 'update', kind: 'attempt', id: `${id}.1`, expect: {}, patch });
  }
  if (!(await applyTransitions(store, ends, updates))) throw new Error('not completed');
}

/** The same rows and events by hand: prepared statements, nothing checked but state and fencing token. */
function rawSql(database: DatabaseSync): (ids: Ids) => void {
  const get = (table: string) => database.prepare(`SELECT body FROM ${table} WHERE id = ?`);
  const [task, session, attempt] = [get('task'), get('session'), get('attempt')];
  const read = (statement: typeof task, id: string) => JSON.parse(String(statement.get(id)?.['body']));
  const insert = (table: string) =>
    database.prepare(
      `INSERT INTO ${table} (id, run_id, task_id, state, attempt, body) VALUES (?, 'run-1', ?, ?, ?, ?)`,
    );
  const [addAttempt, addSession] = [insert('attempt'), insert('session')];
  const update = (table: string) =>
    database.prepare(
      `UPDATE ${table} SET state = ?, attempt = ?, body = ? WHERE id = ? AND state IS ? AND attempt IS ?`,
    );
  const [setTask, setSession, setAttempt] = [update('task'), update('session'), update('attempt')];
  const addEvent = database.prepare(
    `INSERT INTO events (at, run_id, task_id, session_id, type, body) VALUES (?, 'run-1', ?, ?, ?, ?)`,
  );
  const must = ({ changes }: { changes: number | bigint }): void => {
    if (Number(changes) !== 1) throw new Error('a row was not as expected');
  };
  const transaction = (ids: Ids, one: (id: string) => void): void => {
    database.exec('BEGIN IMMEDIATE');
    for (const id of ids) one(id);
    database.exec('COMMIT');
  };
  const claim = (id: string): void => {
    const row = { ...read(task, id), attempt: 1, state: 'in_flight', updatedAt: Date.now() };
    must(setTask.run('in_flight', 1, JSON.stringify(row), id, 'ready', 0));
    must(addAttempt.run(`${id}.1`, id, null, 1, JSON.stringify(attemptRow(id))));
    must(addSession.run(`s-${id}`, id, 'starting', 1, JSON.stringify(sessionRow(id))));
    addEvent.run(Date.now(), id, null, 'task.claim', JSON.stringify({ attempt: 1, session: `s-${id}` }));
  };
  const complete = (id: string): void => {
    const endedAt = Date.now();
    const done = { ...read(task, id), state: 'done', landed: { commit: 'c' }, updatedAt: endedAt };
    must(setTask.run('done', 1, JSON.stringify(done), id, 'in_flight', 1));
    const ended = { ...read(session, `s-${id}`), state: 'ended', outcome: 'completed', endedAt };
    must(setSession.run('ended', 1, JSON.stringify(ended), `s-${id}`, 'starting', 1));
    const passed = { ...read(attempt, `${id}.1`), outcome: 'passed', endedAt };
    must(setAttempt.run(null, 1, JSON.stringify(passed), `${id}.1`, null, 1));
    addEvent.run(endedAt, id, null, 'task.land', '{}');
    addEvent.run(endedAt, id, `s-${id}`, 'session.end', '{}');
  };
  return (ids) => {
    transaction(ids, claim);
    transaction(ids, complete);
  };
}

interface Pair {
  store: Store;
  /** The file of the same tables that is written by hand. */
  byHand: Store;
  raw: (ids: Ids) => void;
}

/** Throughput of ours ÷ of the raw loop: the times the other way round. */
async function ratioOf(
  { store, byHand, raw }: Pair,
  batch: number,
): Promise<{ ratio: number; made: string }> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ids = Array.from({ length: perRound }, (_, index) => `${batch}-${round}-${index}`);
    const rows = ids.map((id): Write => ({ op: 'insert', kind: 'task', row: taskRow(id) }));
    for (const one of [store, byHand]) await one.commit(rows, []);
    const batches = Array.from({ length: perRound / batch }, (_, i) => ids.slice(i * batch, (i + 1) * batch));
    const through = async () => {
      for (const some of batches) await throughStore(store, some);
    };
    const byRaw = async () => {
      for (const some of batches) raw(some);
    };
    const both = [async () => ours.push(await timed(through)), async () => theirs.push(await timed(byRaw))];
    for (const one of round % 2 === 0 ? both : both.toReversed()) await one();
  }
  const each = (times: readonly number[]) => ((perRound / median(times)) * 1000).toFixed(0);
  const ratio = median(ours.map((time, index) => (theirs[index] ?? Number.NaN) / time));
  return { ratio, made: `${each(ours)} ÷ ${each(theirs)} tasks a second, ${rounds} pairs of ${perRound}` };
}

const directory = await temporaryDirectory();
const file = path.join(directory, 'raw.db');
const store = await openSqliteStore(path.join(directory, 'ao.db'), systemClock);
const byHand = await openSqliteStore(file, systemClock);
const database = openDatabase(file, { synchronous: 'full' });
try {
  const pair = { store, byHand, raw: rawSql(database) };
  const figures = [];
  for (const batch of [1, 50]) {
    const { ratio, made } = await ratioOf(pair, batch);
    const what = `claim + complete ÷ raw SQL, ${batch === 1 ? 'one at a time' : `batches of ${batch}`}`;
    figures.push({ what, value: ratio, made, least: 0.6 });
  }
  report(figures);
} finally {
  database.close();
  await Promise.all([store.close(), byHand.close()]);
  await rm(directory, { recursive: true, force: true });
}
