import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { openHub } from '../adapters/git/hub.ts';
import { openTarget } from '../adapters/git/target.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { cloneWorkspaces } from '../adapters/workspaces/clone.ts';
import { worktreeWorkspaces } from '../adapters/workspaces/worktree.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { makeRepository, temporaryDirectory, writeFiles } from '../../test/support/repositories.ts';
import { attemptRow, runRow, sessionRow, taskRow } from '../../test/support/rows.ts';
import type { RunContext } from './context.ts';
import { continueAttempt } from './continue-attempt.ts';

const clock = stoppedClock();
const attempt = attemptRow('t1');
const session = sessionRow('t1', {
  state: 'ended',
  outcome: 'failed',
  reason: 'no workspace could be made',
  endedAt: 1,
});

test('an agent that could not be started is judged so too when the daemon dies before it can write the verdict', async () => {
  const store = openMemoryStore(clock);
  const task = taskRow('t1', { state: 'in_flight', attempt: 1, attemptsAllowed: 2 });
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'attempt', row: attempt },
      { op: 'insert', kind: 'session', row: session },
    ],
    [],
  );
  const context: Partial<RunContext> = { store, clock, run: 'run-1' };
  const never = new AbortController().signal;
  await continueAttempt(context as RunContext, 't1.1', { letGo: never, stop: never });
  const ended = await store.get('attempt', 't1.1');
  assert.equal(ended?.outcome, 'not_verifiable');
  assert.equal(ended?.reason, 'no workspace could be made');
  assert.equal((await store.get('task', 't1'))?.state, 'ready');
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
  const store = openMemoryStore(clock);
  const task = taskRow('t1', { state: 'in_flight', attempt: 1, attemptsAllowed: 2 });
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1') },
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'attempt', row: { ...attempt, start, base: start } },
      { op: 'insert', kind: 'session', row: { ...session, workspace, dir: home } },
    ],
    [],
  );
  const workspaces = { clone: cloneWorkspaces, worktree: worktreeWorkspaces };
  const context: Partial<RunContext> = { store, clock, run: 'run-1', hub, target, workspaces };
  const never = new AbortController().signal;
  await continueAttempt(context as RunContext, 't1.1', { letGo: never, stop: never });
  const change = (await store.get('attempt', 't1.1'))?.change;
  assert.ok(change);
  assert.ok((await hub.listFiles(change.commit)).includes('new.txt'));
});
