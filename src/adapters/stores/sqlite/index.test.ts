import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  claim,
  eventOf,
  insertTask,
  stoppedClock,
  storeContract,
} from '../../../../test/contracts/store.contract.ts';
import { taskRow } from '../../../../test/support/rows.ts';
import { AoError } from '../../../domain/errors.ts';
import { openDatabase, type SqliteOptions } from './database.ts';
import { networkFilesystem } from '../../../lib/network-filesystem.ts';
import { refuseNetworkFilesystem } from './filesystem.ts';
import { openSqliteStore } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'ao-sqlite-'));
after(() => rmSync(directory, { recursive: true, force: true }));

let count = 0;
const freshPath = (): string => join(directory, `store-${count++}.db`);
const writer = join(import.meta.dirname, 'test-support/writer.ts');
const clock = stoppedClock();

storeContract('sqlite', async (ticking) => openSqliteStore(freshPath(), ticking));

describe('the sqlite store on disk', () => {
  test('several processes that claim the same tasks never get one twice and leave none', async () => {
    const path = freshPath();
    const store = await openSqliteStore(path, clock);
    const ids = Array.from({ length: 60 }, (_, index) => `t${index}`);
    await store.commit(
      ids.map((id) => insertTask(id)),
      [],
    );
    const run = promisify(execFile);
    const outputs = await Promise.all(
      Array.from({ length: 4 }, () => run(process.execPath, [writer, path, 'claim'])),
    );
    const claimed = outputs.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
    assert.deepEqual(claimed.toSorted(), ids.toSorted());
    assert.deepEqual(
      (await store.events(0, {}, 100)).map(({ seq }) => seq),
      ids.map((_, index) => index + 1),
    );
    await store.close();
  });

  test('every acknowledged change is there, whole, after kill -9 of a writer in a commit loop', async () => {
    const path = freshPath();
    let acknowledged = 0;
    for (const name of ['a', 'b', 'c']) acknowledged += await commitUntilKilled(path, name, 40);
    const store = await openSqliteStore(path, clock);
    const rows = await store.list('task');
    const events = await store.events(0, {}, rows.length);
    assert.ok(events.length >= acknowledged, `${acknowledged} acknowledged, ${events.length} there`);
    assert.equal(rows.length, 2 * events.length, 'no half of a commit');
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, index) => index + 1),
    );
    assert.equal(await store.commit([insertTask('afterwards')], []), true);
    await store.close();
  });

  test('keeps its files private and its rows over a reopening', async () => {
    const path = freshPath();
    writeFileSync(path, '', { mode: 0o644 });
    const store = await openSqliteStore(path, clock);
    await store.commit([insertTask('a')], [eventOf('made')]);
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    await store.close();
    const again = await openSqliteStore(path, clock);
    const [task] = await again.list('task');
    assert.ok(task);
    assert.equal(await again.commit([claim(task)], []), true);
    await again.close();
  });

  test('syncs each commit to disk, unless told otherwise', () => {
    const setting = (options: SqliteOptions): Record<string, unknown> => {
      const database = openDatabase(freshPath(), options);
      const names = ['synchronous', 'journal_mode', 'foreign_keys', 'busy_timeout'];
      const values = names.map((name) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
      database.close();
      return Object.fromEntries(names.map((name, index) => [name, values[index]]));
    };
    const durable = { synchronous: 2, journal_mode: 'wal', foreign_keys: 1, busy_timeout: 10_000 };
    assert.deepEqual(setting({}), durable);
    assert.deepEqual(setting({ synchronous: 'normal', busyTimeoutMs: 5 }), {
      ...durable,
      synchronous: 1,
      busy_timeout: 5,
    });
  });

  test('refuses a file that a newer version wrote, and leaves it alone', async () => {
    const path = freshPath();
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE future (id TEXT); PRAGMA user_version = 999');
    database.close();
    await assert.rejects(openSqliteStore(path, clock), (error) => {
      assert.ok(error instanceof AoError);
      assert.match(error.message, /newer ao.*999/);
      assert.match(error.hint ?? '', /Update ao/);
      return true;
    });
    const look = new DatabaseSync(path);
    const tables = look.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    assert.deepEqual(
      tables.map(({ name }) => name),
      ['future'],
    );
    look.close();
  });

  test('brings a file of the first version up to this one with its rows and events, all or nothing', async () => {
    const path = freshPath();
    const first = readFileSync(new URL('./migrations/0001-rows-and-events.sql', import.meta.url), 'utf8');
    const database = new DatabaseSync(path);
    database.exec(`${first}; PRAGMA user_version = 1`);
    const task = taskRow('a', { title: 'of before' });
    const row = database.prepare(
      "INSERT INTO task (id, run_id, task_id, state, body) VALUES ('a', 'run-1', 'a', 'ready', ?)",
    );
    row.run(JSON.stringify(task));
    database.exec("INSERT INTO events VALUES (1, 5, 'run-1', 'a', NULL, 'made', '{}')");
    database.exec('CREATE INDEX message_by_state ON task (body)'); // in the way of the last statement
    await assert.rejects(openSqliteStore(path, clock), /cannot open the database.*message_by_state/);
    assert.throws(() => database.exec('SELECT * FROM message'), /no such table/);
    database.exec('DROP INDEX message_by_state');
    database.close();
    const store = await openSqliteStore(path, clock);
    assert.deepEqual(await store.list('task'), [task]);
    assert.deepEqual(await store.list('message'), []);
    await store.commit([claim(task)], [eventOf('claimed')]);
    assert.deepEqual(
      (await store.events(0, {}, 10)).map(({ seq, type }) => [seq, type]),
      [
        [1, 'made'],
        [2, 'claimed'],
      ],
    );
    await store.close();
  });

  test('says clearly what is wrong with a file that is no database or cannot be opened', async () => {
    const path = freshPath();
    writeFileSync(path, 'this is no database, but it is long enough to be looked at as one'.repeat(20));
    await assert.rejects(openSqliteStore(path, clock), {
      name: 'AoError',
      message: /cannot open the database/,
    });
    await assert.rejects(openSqliteStore(join(directory, 'nowhere', 'x.db'), clock), { name: 'AoError' });
  });

  test('rejects, and keeps nothing, when the medium fails in the middle of a commit', async () => {
    const path = freshPath();
    const store = await openSqliteStore(path, clock, { busyTimeoutMs: 20 });
    await store.commit([insertTask('a')], []);
    const blocker = new DatabaseSync(path);
    blocker.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.commit([insertTask('b')], []), {
      name: 'AoError',
      message: /cannot be written/,
    });
    blocker.exec('ROLLBACK');
    blocker.close();
    assert.equal(await store.commit([insertTask('c')], []), true);
    assert.deepEqual(
      (await store.list('task')).map(({ id }) => id),
      ['a', 'c'],
    );
    await store.close();
  });

  test('refuses network filesystems by name', () => {
    assert.equal(networkFilesystem(0x6969), 'NFS');
    assert.equal(networkFilesystem(0xff534d42 | 0), 'CIFS', 'statfs may give the number signed');
    assert.equal(networkFilesystem(0xef53), null);
    assert.throws(() => refuseNetworkFilesystem('/mnt/share/ao.db', () => ({ type: 0x6969 })), {
      message: /\/mnt\/share is on a network filesystem \(NFS\)/,
    });
    assert.doesNotThrow(() => refuseNetworkFilesystem(join(directory, 'ao.db')));
  });
});

/** Number of commits that the process acknowledged before it was killed in mid-loop. */
async function commitUntilKilled(path: string, name: string, commits: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path, 'commit', name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let acknowledged = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    acknowledged += 1;
    if (acknowledged === commits) child.kill('SIGKILL');
  }
  await exited;
  return acknowledged;
}
