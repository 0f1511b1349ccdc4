import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { openMemoryStore } from '../../src/adapters/stores/memory/index.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/index.ts';
import type { Expectation, Store, Write } from '../../src/ports/store.ts';
import { stateWrite } from '../support/rows.ts';
import { eventOf, insertTask, stoppedClock } from './store.contract.ts';

const directory = mkdtempSync(join(tmpdir(), 'ao-store-model-'));
after(() => rmSync(directory, { recursive: true, force: true }));

type State = 'ready' | 'in_flight' | 'done';

interface Row {
  id: string;
  state: State;
  attempt: number;
  rank: number;
}

/** What the contract of a store says, in its simplest form. */
interface Model {
  rows: Row[];
  events: string[];
  /** What each worker read last, however long ago. */
  readings: Map<number, Row>;
}

/** Both stores are asked the same, one after the other. */
type Stores = readonly { name: string; store: Store }[];

type Command = fc.AsyncCommand<Model, Stores>;

const ids = ['a', 'b', 'c'];
const workers = [1, 2, 3];

/** One write as the model understands it. */
type ModelWrite = { insert: string } | { update: string; expect: Expectation; patch: Partial<Row> };

/** All or nothing: the rows after the writes, or null when one of them may not happen. */
function applied(rows: readonly Row[], writes: readonly ModelWrite[]): Row[] | null {
  let result = rows.map((row) => ({ ...row }));
  for (const write of writes) {
    if ('insert' in write) {
      if (result.some(({ id }) => id === write.insert)) return null;
      result = [...result, { id: write.insert, state: 'ready', attempt: 0, rank: 0 }];
      continue;
    }
    const row = result.find(({ id }) => id === write.update);
    if (row === undefined) return null;
    const { state = row.state, attempt = row.attempt } = write.expect;
    if (state !== row.state || attempt !== row.attempt) return null;
    Object.assign(row, write.patch);
  }
  return result;
}

function toWrite(write: ModelWrite): Write {
  if ('insert' in write) return insertTask(write.insert);
  return stateWrite('task', write.update, write.patch, write.expect);
}

async function commitEverywhere(model: Model, stores: Stores, writes: ModelWrite[], type: string) {
  const next = applied(model.rows, writes);
  for (const { name, store } of stores) {
    const done = await store.commit(writes.map(toWrite), [eventOf(type)]);
    assert.equal(done, next !== null, `${name}: ${type} ${JSON.stringify(writes)}`);
  }
  if (next === null) return;
  model.rows = next;
  model.events.push(type);
}

async function look(model: Model, stores: Stores): Promise<void> {
  for (const { name, store } of stores) {
    const rows = await store.list('task');
    const seen = rows.map(({ id, state, attempt, rank }) => ({ id, state, attempt, rank }));
    assert.deepEqual(seen, model.rows, name);
    const events = await store.events(0, {}, 1_000);
    assert.deepEqual(
      events.map(({ seq, type }) => [seq, type]),
      model.events.map((type, index) => [index + 1, type]),
      name,
    );
    assert.equal(await store.lastSeq(), model.events.length, name);
  }
}

function command(text: string, run: (model: Model, stores: Stores) => Promise<void>): Command {
  return { check: () => true, run, toString: () => text };
}

/** A worker reads a task; what it does with it may come much later. */
const read = (worker: number, id: string): Command =>
  command(`${worker} reads ${id}`, async (model, stores) => {
    for (const { name, store } of stores) {
      const row = await store.get('task', id);
      assert.equal(row?.attempt ?? null, model.rows.find((known) => known.id === id)?.attempt ?? null, name);
    }
    const row = model.rows.find((known) => known.id === id);
    if (row !== undefined) model.readings.set(worker, { ...row });
  });

const claim = (worker: number): Command =>
  command(`${worker} claims`, async (model, stores) => {
    const seen = model.readings.get(worker);
    if (seen?.state !== 'ready') return;
    const expect = { state: 'ready', attempt: seen.attempt };
    const patch = { state: 'in_flight', attempt: seen.attempt + 1 } as const;
    await commitEverywhere(model, stores, [{ update: seen.id, expect, patch }], `claim by ${worker}`);
    model.readings.set(worker, { ...seen, ...patch });
  });

/** A worker writes under the token that it has, also when another one has a newer one by now. */
const settle = (worker: number, state: State): Command =>
  command(`${worker} sets ${state}`, async (model, stores) => {
    const seen = model.readings.get(worker);
    if (seen === undefined) return;
    const write = { update: seen.id, expect: { attempt: seen.attempt }, patch: { state } };
    await commitEverywhere(model, stores, [write], `${state} by ${worker}`);
  });

const batch = (writes: ModelWrite[]): Command =>
  command(`commits ${JSON.stringify(writes)}`, (model, stores) =>
    commitEverywhere(model, stores, writes, 'batch'),
  );

const filter = (states: State[]): Command =>
  command(`lists ${states.join()}`, async (model, stores) => {
    const expected = model.rows.filter(({ state }) => states.includes(state)).map(({ id }) => id);
    for (const { name, store } of stores) {
      const rows = await store.list('task', { run: 'run-1', states });
      assert.deepEqual(
        rows.map(({ id }) => id),
        expected,
        name,
      );
    }
  });

const id = fc.constantFrom(...ids);
const worker = fc.constantFrom(...workers);
const state = fc.constantFrom<State>('ready', 'in_flight', 'done');
const write: fc.Arbitrary<ModelWrite> = fc.oneof(
  id.map((insert) => ({ insert })),
  fc.record({
    update: id,
    expect: fc.oneof(fc.constant({}), fc.record({ state }), fc.record({ attempt: fc.nat(2) })),
    patch: fc.oneof(
      fc.record({ rank: fc.nat(9) }),
      state.map((to) => ({ state: to })),
    ),
  }),
);
const commands = [
  fc.tuple(worker, id).map(([who, what]) => read(who, what)),
  worker.map(claim),
  fc.tuple(worker, state).map(([who, to]) => settle(who, to)),
  fc.array(write, { minLength: 1, maxLength: 4 }).map(batch),
  fc.uniqueArray(state).map(filter),
];

let files = 0;

test('both stores do what the contract says, whatever the order of claims, late writes and batches', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (given) => {
      files += 1;
      const clock = stoppedClock();
      const file = join(directory, `${files}.db`);
      const stores = [
        { name: 'memory', store: openMemoryStore(clock) },
        { name: 'sqlite', store: await openSqliteStore(file, clock, { synchronous: 'normal' }) },
      ];
      const model: Model = { rows: [], events: [], readings: new Map() };
      try {
        await commitEverywhere(
          model,
          stores,
          ids.slice(1).map((insert) => ({ insert })),
          'start',
        );
        await fc.asyncModelRun(() => ({ model, real: stores }), given);
        await look(model, stores);
      } finally {
        for (const { store } of stores) await store.close();
      }
    }),
    { numRuns: 100 },
  );
});
