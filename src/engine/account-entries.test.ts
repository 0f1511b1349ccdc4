import assert from 'node:assert/strict';
import { lstat, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { runRow, sessionRow, stateWrite } from '../../test/support/rows.ts';
import type { AccountEntry } from '../ports/terminal-agent.ts';
import { findAgent } from '../adapters/registry.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { addAccountEntries, leaveAccount, listAccountEntries } from './account-entries.ts';

const own = '{"theme":"dark","projects":{"/mine":{"hasTrustDialogAccepted":true}}}';

async function accountOf(t: TestContext, text: string) {
  const home = await mkdtemp(join(tmpdir(), 'ao-account-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const file = join(home, '.claude.json');
  await writeFile(file, text, { mode: 0o640 });
  const { options } = runRow('r1');
  const run = runRow('r1', { env: { HOME: home }, options: { ...options, runtime: 'tmux' } });
  const session = sessionRow('t1', { run: 'r1', state: 'running', agent: 'claude-code' });
  const place = { workspace: session.workspace.path, environment: run.env };
  const entries = findAgent('claude-code').terminal?.accountEntries(place) ?? [];
  const store = openMemoryStore(systemClock);
  const inserts = [
    { op: 'insert' as const, kind: 'run' as const, row: run },
    { op: 'insert' as const, kind: 'session' as const, row: session },
  ];
  await store.commit(inserts, []);
  const logged: string[] = [];
  const world = { findAgent, store, log: (event: string) => logged.push(event) };
  const read = async (): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  return { home, file, run, session, entries, store, world, logged, read };
}

test('an entry comes into the account for a session and goes with it; the rest of the file and its mode stay', async (t) => {
  const { file, run, session, entries, world, read } = await accountOf(t, own);
  await addAccountEntries(entries);
  assert.match(JSON.stringify(await read()), new RegExp(session.workspace.path));
  await addAccountEntries(entries);
  await leaveAccount(world, run, session);
  assert.deepEqual(await read(), JSON.parse(own));
  assert.equal((await stat(file)).mode & 0o777, 0o640);
});

test('a file that is ours alone goes with its session, and its directory is made for it', async (t) => {
  const { home, run, session, world } = await accountOf(t, own);
  const entry: AccountEntry = {
    file: join(home, 'trusted', 'one'),
    isThere: (text) => text !== null,
    add: () => 'yes',
    remove: () => null,
  };
  const agent = findAgent('claude-code');
  assert.ok(agent.terminal);
  const terminal = { ...agent.terminal, accountEntries: () => [entry] };
  await addAccountEntries([entry]);
  assert.equal(await readFile(entry.file, 'utf8'), 'yes');
  await leaveAccount({ ...world, findAgent: () => ({ ...agent, terminal }) }, run, session);
  await assert.rejects(stat(entry.file), { code: 'ENOENT' });
});

test('two sessions that start at once both get their entry', async (t) => {
  const { run, entries, read } = await accountOf(t, own);
  const more = ['/w/1', '/w/2', '/w/3'].flatMap(
    (workspace) =>
      findAgent('claude-code').terminal?.accountEntries({ workspace, environment: run.env }) ?? [],
  );
  await Promise.all([...entries, ...more].map((entry) => addAccountEntries([entry])));
  assert.equal(Object.keys((await read()) as { projects: object }).length, 2);
  assert.equal(Object.keys(((await read()) as { projects: object }).projects).length, 5);
});

test('a file that is kept elsewhere stays a link to there', async (t) => {
  const { home, file, entries, read } = await accountOf(t, own);
  await rename(file, join(home, 'dotfiles.json'));
  await symlink('dotfiles.json', file);
  await addAccountEntries(entries);
  assert.ok((await lstat(file)).isSymbolicLink());
  assert.equal(entries[0]?.isThere(await readFile(join(home, 'dotfiles.json'), 'utf8')), true);
  assert.ok(await read());
});

test('a file that cannot be read is left as it is, with a sentence that names it', async (t) => {
  const { file, run, session, entries, world, logged } = await accountOf(t, '{"theme":');
  await assert.rejects(addAccountEntries(entries), { name: 'AoError', message: new RegExp(file) });
  await leaveAccount(world, run, session);
  assert.deepEqual(logged, ['account.entry-stays']);
  assert.equal(await readFile(file, 'utf8'), '{"theme":');
  assert.deepEqual(await listAccountEntries(world, { remove: true }), []);
});

test('what another client wrote back is listed, and removed when its session has ended', async (t) => {
  const { file, session, entries, store, world } = await accountOf(t, own);
  await addAccountEntries(entries);
  const entry = { file, session: session.id, workspace: session.workspace.path };
  assert.deepEqual(await listAccountEntries(world, { remove: true }), [{ ...entry, isNeeded: true }]);
  await store.commit([stateWrite('session', session.id, { state: 'ended' })], []);
  assert.deepEqual(await listAccountEntries(world, { remove: false }), [{ ...entry, isNeeded: false }]);
  assert.deepEqual(await listAccountEntries(world, { remove: true }), []);
});
