import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { NewEvent } from '../../src/domain/events.ts';
import type { Task } from '../../src/domain/task.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store, StoredResult, Write } from '../../src/ports/store.ts';
import { attemptRow, landingRow, runRow, sessionRow, stateWrite, taskRow } from '../support/rows.ts';

/** Time that stands still where a test put it. */
export interface StoppedClock extends Clock {
  at: number;
}

export function stoppedClock(): StoppedClock {
  const clock = { at: 1_000, now: () => clock.at, monotonic: () => clock.at };
  return clock;
}

export function insertTask(id: string, patch: Partial<Task> = {}): Write {
  return { op: 'insert', kind: 'task', row: taskRow(id, patch) };
}

/** What a claimer does: the fencing token it read must still be the one that is stored. */
export function claim(task: Task): Write {
  const expect = { state: task.state, attempt: task.attempt };
  return stateWrite('task', task.id, { state: 'in_flight', attempt: task.attempt + 1 }, expect);
}

export function eventOf(type: string, patch: Partial<NewEvent> = {}): NewEvent {
  return { run: 'run-1', task: null, session: null, type, body: {}, ...patch };
}

const attempt = attemptRow('t1');
const session = sessionRow('t1', {
  state: 'running',
  handle: { runtime: 'process', pid: 1, startTime: 'x', dir: '/d', mark: 'm' },
});
const landing = landingRow('t1');
const resultRow: StoredResult = { id: 'run-1.t', run: 'run-1', result: { tree: 't', checks: [] } };

/** The suite that every store passes. `open` gives an empty store; `done` is called at the end. */
export function storeContract(name: string, open: (clock: Clock) => Promise<Store>): void {
  describe(`the ${name} store`, () => {
    const clock = stoppedClock();
    const opened: Store[] = [];
    const fresh = async (): Promise<Store> => {
      const store = await open(clock);
      opened.push(store);
      return store;
    };
    before(() => {
      clock.at = 1_000;
    });
    after(() => Promise.all(opened.map((store) => store.close())));

    rows(fresh);
    commits(fresh);
    log(fresh, clock);
  });
}

type Fresh = () => Promise<Store>;

function rows(fresh: Fresh): void {
  test('gives back every kind of row as it was written', async () => {
    const store = await fresh();
    const task = taskRow('t1', { title: 'quote " and \n newline and 🙂' });
    const writes: Write[] = [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'attempt', row: attempt },
      { op: 'insert', kind: 'session', row: session },
      { op: 'insert', kind: 'landing', row: landing },
      { op: 'insert', kind: 'result', row: resultRow },
    ];
    assert.equal(await store.commit(writes, []), true);
    assert.deepEqual(await store.get('run', 'run-1'), runRow('run-1'));
    assert.deepEqual(await store.get('task', 't1'), task);
    assert.deepEqual(await store.get('attempt', 't1.1'), attempt);
    assert.deepEqual(await store.get('session', session.id), session);
    assert.deepEqual(await store.get('landing', 't1.1'), landing);
    assert.deepEqual(await store.get('result', 'run-1.t'), resultRow);
    assert.equal(await store.get('task', 'nobody'), null);
    assert.deepEqual(await store.list('result', { run: 'run-1' }), [resultRow]);
  });

  test('lists rows in the order of insertion, whatever changed in them later', async () => {
    const store = await fresh();
    for (const id of ['c', 'a', 'b']) await store.commit([insertTask(id)], []);
    await store.commit([{ op: 'update', kind: 'task', id: 'c', expect: {}, patch: { rank: 9 } }], []);
    assert.deepEqual(
      (await store.list('task')).map(({ id }) => id),
      ['c', 'a', 'b'],
    );
  });

  test('filters by run, task and state, as they are after updates', async () => {
    const store = await fresh();
    await store.commit(
      [
        insertTask('a'),
        insertTask('b', { run: 'run-2' }),
        insertTask('c', { state: 'done' }),
        { op: 'insert', kind: 'session', row: session },
        { op: 'insert', kind: 'run', row: runRow('run-1') },
      ],
      [],
    );
    await store.commit([stateWrite('task', 'a', { state: 'inbox' })], []);
    const ids = async (filter: Parameters<typeof store.list>[1]): Promise<string[]> =>
      (await store.list('task', filter)).map(({ id }) => id);
    assert.deepEqual(await ids({ run: 'run-1' }), ['a', 'c']);
    assert.deepEqual(await ids({ states: ['inbox', 'ready'] }), ['a', 'b']);
    assert.deepEqual(await ids({ states: [] }), []);
    assert.deepEqual(await ids({ run: 'run-2', states: ['done'] }), []);
    assert.deepEqual((await store.list('session', { task: 't1' })).length, 1);
    assert.deepEqual(await store.list('session', { task: 't2' }), []);
    assert.deepEqual((await store.list('run', { run: 'run-1', states: ['running'] })).length, 1);
    await assert.rejects(store.list('run', { task: 't1' }), /no task/);
  });

  test('hands out copies', async () => {
    const store = await fresh();
    const given = taskRow('t1');
    await store.commit([{ op: 'insert', kind: 'task', row: given }], []);
    given.discard.push('changed after the write');
    const first = await store.get('task', 't1');
    first?.discard.push('changed after the read');
    assert.deepEqual((await store.get('task', 't1'))?.discard, []);
  });
}

function commits(fresh: Fresh): void {
  test('writes all of a commit or nothing of it', async () => {
    const store = await fresh();
    await store.commit([insertTask('a')], []);
    const refused = [
      [insertTask('b'), insertTask('a')],
      [insertTask('b'), { op: 'update', kind: 'task', id: 'nobody', expect: {}, patch: { rank: 1 } }],
      [
        insertTask('b'),
        { op: 'update', kind: 'task', id: 'a', expect: { state: 'done' }, patch: { rank: 1 } },
      ],
      [
        { op: 'update', kind: 'task', id: 'a', expect: {}, patch: { rank: 5 } },
        { op: 'update', kind: 'task', id: 'a', expect: { attempt: 7 }, patch: { rank: 6 } },
      ],
    ] satisfies Write[][];
    for (const writes of refused) assert.equal(await store.commit(writes, [eventOf('never')]), false);
    assert.deepEqual(await store.list('task'), [taskRow('a')]);
    assert.equal(await store.lastSeq(), 0);
  });

  test('sees the earlier writes of the same commit', async () => {
    const store = await fresh();
    const writes: Write[] = [
      insertTask('a'),
      stateWrite('task', 'a', { state: 'done' }, { state: 'ready', attempt: 0 }),
      { op: 'update', kind: 'task', id: 'a', expect: { state: 'done' }, patch: { rank: 3 } },
    ];
    assert.equal(await store.commit(writes, []), true);
    assert.deepEqual(await store.get('task', 'a'), taskRow('a', { state: 'done', rank: 3 }));
  });

  test('refuses a writer whose fencing token is stale', async () => {
    const store = await fresh();
    await store.commit([insertTask('a')], []);
    const read = taskRow('a');
    assert.equal(await store.commit([claim(read)], []), true);
    await store.commit([stateWrite('task', 'a', { state: 'ready' }, { attempt: 1 })], []);
    assert.equal(await store.commit([claim(read)], []), false, 'the state fits again, the token does not');
  });

  test('lets exactly one of 16 simultaneous claimers have a task', async () => {
    const store = await fresh();
    await store.commit([insertTask('a')], []);
    const claims = Array.from({ length: 16 }, async () => {
      const task = await store.get('task', 'a');
      return task !== null && store.commit([claim(task)], [eventOf('task.claim', { task: 'a' })]);
    });
    assert.equal((await Promise.all(claims)).filter(Boolean).length, 1);
    assert.equal((await store.get('task', 'a'))?.attempt, 1);
    assert.equal((await store.events(0, { task: 'a' }, 10)).length, 1);
  });

  test('forgets results, with the rest of a commit or not at all, and what is not there without a word', async () => {
    const store = await fresh();
    const insert = { op: 'insert', kind: 'result', row: resultRow } as const;
    const forget = { op: 'delete', kind: 'result', id: resultRow.id } as const;
    await store.commit([insert, insertTask('a')], []);
    assert.equal(await store.commit([forget, insertTask('a')], []), false);
    assert.deepEqual(await store.get('result', resultRow.id), resultRow);
    assert.equal(await store.commit([forget, forget, insertTask('b')], []), true);
    assert.equal(await store.get('result', resultRow.id), null);
    assert.deepEqual(await store.list('result'), []);
    assert.equal(await store.commit([insert, forget, insert], []), true);
    assert.deepEqual(await store.list('result'), [resultRow]);
  });

  test('never changes the id of a row', async () => {
    const store = await fresh();
    await store.commit([insertTask('a')], []);
    const rename: Write = { op: 'update', kind: 'task', id: 'a', expect: {}, patch: { id: 'b' } };
    await assert.rejects(store.commit([insertTask('c'), rename], []), /cannot change/);
    assert.deepEqual(
      (await store.list('task')).map(({ id }) => id),
      ['a'],
    );
    assert.equal(await store.commit([insertTask('d')], []), true, 'the store goes on after that');
  });
}

function log(fresh: Fresh, clock: StoppedClock): void {
  test('numbers events from 1 on without gaps, also over refused commits', async () => {
    const store = await fresh();
    await store.commit([insertTask('a')], [eventOf('one'), eventOf('two')]);
    await store.commit([insertTask('a')], [eventOf('refused')]);
    await store.commit([], [eventOf('three')]);
    const events = await store.events(0, {}, 10);
    assert.deepEqual(
      events.map(({ seq, type }) => [seq, type]),
      [
        [1, 'one'],
        [2, 'two'],
        [3, 'three'],
      ],
    );
    assert.equal(await store.lastSeq(), 3);
  });

  test('gives events after a number, filtered, at most so many, with the time of the commit', async () => {
    const store = await fresh();
    clock.at = 5_000;
    await store.commit([], [eventOf('a', { run: 'other', task: 't', body: { deep: { list: [1, 'x'] } } })]);
    clock.at = 6_000;
    await store.commit([], [eventOf('b', { session: 's' }), eventOf('c'), eventOf('d', { run: null })]);
    const types = async (...query: Parameters<typeof store.events>): Promise<string[]> =>
      (await store.events(...query)).map(({ type }) => type);
    assert.deepEqual(await types(1, {}, 2), ['b', 'c']);
    assert.deepEqual(await types(0, { run: 'run-1' }, 10), ['b', 'c']);
    assert.deepEqual(await types(0, { task: 't' }, 10), ['a']);
    assert.deepEqual(await types(0, { session: 's' }, 10), ['b']);
    assert.deepEqual(await types(4, {}, 10), []);
    assert.deepEqual((await store.events(0, {}, 1))[0], {
      seq: 1,
      at: 5_000,
      run: 'other',
      task: 't',
      session: null,
      type: 'a',
      body: { deep: { list: [1, 'x'] } },
    });
    assert.equal((await store.events(3, {}, 1))[0]?.at, 6_000);
  });
}
