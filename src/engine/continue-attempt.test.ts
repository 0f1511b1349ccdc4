import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { processRuntime } from '../adapters/runtimes/process/index.ts';
import { makeSetup } from '../adapters/setups/index.ts';
import { makeDisk } from '../adapters/system-disk.ts';
import { openHub } from '../adapters/git/hub.ts';
import { openTarget } from '../adapters/git/target.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { cloneWorkspaces } from '../adapters/workspaces/clone.ts';
import { worktreeWorkspaces } from '../adapters/workspaces/worktree.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import type { Run } from '../domain/run.ts';
import type { Session } from '../domain/task.ts';
import { Redactor } from '../lib/redact.ts';
import type { Store } from '../ports/store.ts';
import { makeRepository, temporaryDirectory, writeFiles } from '../../test/support/repositories.ts';
import { attemptRow, runRow, sessionRow, taskRow } from '../../test/support/rows.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { RunContext } from './context.ts';
import { continueAttempt } from './continue-attempt.ts';
import { DiskWatch } from './disk-watch.ts';
import { makeLayout } from './layout.ts';
import { Live } from './live.ts';
import { newMessage } from './outbox.ts';

const clock = stoppedClock();
const attempt = attemptRow('t1');
const session = sessionRow('t1', {
  state: 'ended',
  outcome: 'failed',
  reason: 'no workspace could be made',
  endedAt: 1,
});

/** With a task at its first attempt of two, and its session. */
async function storeWith(run: Run, row: Session, of = attempt): Promise<Store> {
  const store = openMemoryStore(clock);
  const task = taskRow('t1', { state: 'in_flight', attempt: 1, attemptsAllowed: 2 });
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: run },
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'attempt', row: of },
      { op: 'insert', kind: 'session', row },
    ],
    [],
  );
  return store;
}

test('an agent that could not be started is judged so too when the daemon dies before it can write the verdict', async () => {
  const store = await storeWith(runRow('run-1'), session);
  const context: Partial<RunContext> = { store, clock, run: 'run-1' };
  const never = new AbortController().signal;
  await continueAttempt(context as RunContext, 't1.1', { letGo: never, stop: never });
  const ended = await store.get('attempt', 't1.1');
  assert.equal(ended?.outcome, 'not_verifiable');
  assert.equal(ended?.reason, 'no workspace could be made');
  assert.equal((await store.get('task', 't1'))?.state, 'ready');
});

test('an attempt whose agent did nothing because its conversation is gone is given back', async () => {
  const store = openMemoryStore(clock);
  const change = { commit: 'c'.repeat(40), tree: 'd'.repeat(40) };
  const failure = { class: 'conversation_gone', message: 'No conversation found', resetAt: null } as const;
  const handle = { runtime: 'process', pid: 1, startTime: '', dir: '/d', mark: 'm' };
  const takesUp = { conversation: 'old', spent: { tokens: null, costUsd: null } };
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      {
        op: 'insert',
        kind: 'task',
        row: taskRow('t1', { state: 'in_flight', attempt: 2, attemptsAllowed: 2 }),
      },
      { op: 'insert', kind: 'attempt', row: attemptRow('t1', { number: 2, change }) },
      { op: 'insert', kind: 'session', row: { ...session, attempt: 2, failure, handle, takesUp } },
    ],
    [],
  );
  const context: Partial<RunContext> = { store, clock, run: 'run-1' };
  const never = new AbortController().signal;
  await continueAttempt(context as RunContext, 't1.2', { letGo: never, stop: never });
  const task = await store.get('task', 't1');
  assert.deepEqual([task?.state, task?.attempt, task?.attemptsAllowed], ['ready', 2, 3]);
  assert.equal((await store.get('attempt', 't1.2'))?.outcome, 'not_verifiable');
});

test('what an ended agent was still to be told is undelivered, also when the daemon dies before it can write that', async () => {
  const store = openMemoryStore(clock);
  const said = newMessage(session, { kind: 'message', text: 'and so' }, 1);
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      { op: 'insert', kind: 'task', row: taskRow('t1', { state: 'in_flight', attempt: 1 }) },
      { op: 'insert', kind: 'attempt', row: attempt },
      { op: 'insert', kind: 'session', row: session },
      said,
    ],
    [],
  );
  const context: Partial<RunContext> = { store, clock, run: 'run-1' };
  const never = new AbortController().signal;
  await continueAttempt(context as RunContext, 't1.1', { letGo: never, stop: never });
  assert.equal((await store.get('message', said.row.id))?.state, 'undelivered');
});

test('what an agent did is saved also when the daemon died before it wrote that the agent runs', async (t) => {
  const home = await temporaryDirectory();
  const repository = await makeRepository();
  t.after(async () => {
    await rm(home, { recursive: true, force: true });
    await repository.remove();
  });
  const hub = await openHub({ gitDir: path.join(home, 'hub.git'), userRepository: repository.path });
  const target = await openTarget(repository.path, hub);
  const start = (await hub.fetchTarget('main')) ?? '';
  const workspace = { kind: 'clone', path: path.join(home, 'work'), branch: 'ao/s1', start } as const;
  await cloneWorkspaces.make({ hub, path: workspace.path, branch: workspace.branch, commit: start });
  await writeFiles(home, { 'output.log': '' });
  await writeFiles(workspace.path, { 'new.txt': 'hours of work\n' });
  const row = { ...session, workspace, dir: home };
  const store = await storeWith(runRow('run-1'), row, { ...attempt, start, base: start });
  const workspaces = { clone: cloneWorkspaces, worktree: worktreeWorkspaces };
  const context: Partial<RunContext> = { store, clock, run: 'run-1', hub, target, workspaces };
  const never = new AbortController().signal;
  await continueAttempt(context as RunContext, 't1.1', { letGo: never, stop: never });
  const change = (await store.get('attempt', 't1.1'))?.change;
  assert.ok(change);
  assert.ok((await hub.listFiles(change.commit)).includes('new.txt'));
});

for (const kind of ['clone', 'worktree'] as const) {
  test(`a ${kind} that a dead daemon had half made is made anew, and costs the task no attempt`, async (t) => {
    const home = await temporaryDirectory();
    const repository = await makeRepository();
    t.after(async () => {
      await rm(home, { recursive: true, force: true });
      await repository.remove();
    });
    const hub = await openHub({ gitDir: path.join(home, 'hub.git'), userRepository: repository.path });
    const target = await openTarget(repository.path, hub);
    const start = (await hub.fetchTarget('main')) ?? '';
    const place = path.join(repository.path, '.worktrees', 's1');
    const workspace = { kind, path: place, branch: 'ao/s1', start };
    const workspaces = { clone: cloneWorkspaces, worktree: worktreeWorkspaces };
    await workspaces[kind].make({ hub, path: workspace.path, branch: workspace.branch, commit: start });
    await writeFiles(workspace.path, { 'of-the-setup.txt': 'half of it\n' });
    const run = runRow('run-1');
    const row = sessionRow('t1', { workspace, dir: path.join(home, 'session') });
    const store = await storeWith(run, row, { ...attempt, start, base: start });
    const { options } = run;
    const layout = makeLayout(home);
    const never = new AbortController().signal;
    const disk = new DiskWatch(makeDisk(home, 0), home, () => {});
    const world = { store, clock, disk, layout, workspaces, findAgent, setup: makeSetup() };
    const project = {
      run: 'run-1',
      project: 'project',
      path: repository.path,
      options,
      env: {},
      hub,
      target,
    };
    const context: Partial<RunContext> = {
      ...world,
      ...project,
      findRuntime: () => processRuntime,
      redactor: new Redactor([]),
      signal: never,
    };
    await continueAttempt(context as RunContext, 't1.1', { letGo: never, stop: never });
    const ended = await store.get('attempt', 't1.1');
    assert.match(ended?.reason ?? '', /fix .*not found/, 'it came as far as starting the agent');
    assert.ok(!(await readdir(place)).includes('of-the-setup.txt'));
  });
}

test('what an agent printed that is gone with the daemon that started it is kept without secrets', async (t) => {
  const home = await temporaryDirectory();
  t.after(() => rm(home, { recursive: true, force: true }));
  const dir = path.join(home, 'session');
  const secret = 'correct-horse-battery';
  await writeFiles(dir, { 'output.log': `it is ${secret}\n`, launch: `env TOKEN=${secret}\n` });
  const row = sessionRow('t1', { dir });
  const run = runRow('run-1');
  const store = await storeWith(run, row);
  const context: Partial<RunContext> = {
    store,
    clock,
    findAgent,
    findRuntime: () => processRuntime,
    markPrefix: 'p',
    log: () => {},
    run: 'run-1',
    options: run.options,
    env: {},
    redactor: new Redactor([secret]),
  };
  const never = new AbortController().signal;
  await continueAttempt(context as RunContext, 't1.1', { letGo: never, stop: never });
  assert.match((await store.get('attempt', 't1.1'))?.reason ?? '', /while it was starting this agent/);
  assert.equal(await readFile(path.join(dir, 'output.log'), 'utf8'), 'it is [redacted]***********\n');
  assert.deepEqual(await readdir(dir), ['output.log']);
});

test('an agent whose start no daemon lived to write down goes on, and its work is judged', async (t) => {
  const home = await temporaryDirectory();
  const dir = path.join(home, 'session');
  await mkdir(dir);
  const row = sessionRow('t1', { dir });
  const run = runRow('run-1');
  const store = await storeWith(run, row);
  const mark = `p:session:run-1:${row.id}`;
  const argv = ['/bin/sh', '-c', 'while ! test -e go; do sleep 0.02; done; exit 3'];
  const handle = await processRuntime.start({ argv, env: {}, cwd: home, dir, input: '', mark });
  t.after(async () => {
    await processRuntime.stop(handle, 0);
    await rm(home, { recursive: true, force: true });
  });
  const letGo = new AbortController();
  const world = {
    store,
    clock,
    findAgent,
    findRuntime: () => processRuntime,
    markPrefix: 'p',
    log: () => {},
  };
  const live = new Live(() => {});
  const context: Partial<RunContext> = { ...world, run: 'run-1', options: run.options, live };
  const signals = { letGo: letGo.signal, stop: new AbortController().signal };
  const watching = continueAttempt(context as RunContext, 't1.1', signals);
  const running = await waitFor('the session to be known', async () => {
    const now = await store.get('session', row.id);
    return now?.state === 'running' && now;
  });
  letGo.abort();
  await watching;
  await writeFiles(home, { go: '' });
  const end = await processRuntime.wait(running.handle ?? handle, new AbortController().signal);
  assert.deepEqual(end, { state: 'exited', code: 3, signal: null });
  assert.equal((await store.get('attempt', 't1.1'))?.endedAt, null, 'the attempt goes on');
});
