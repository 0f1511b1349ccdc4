import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { makeRepository, temporaryDirectory, writeFiles } from '../../test/support/repositories.ts';
import { attemptRow, runRow, sessionRow, taskRow } from '../../test/support/rows.ts';
import { openHub } from '../adapters/git/hub.ts';
import { findAgent } from '../adapters/registry.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { cloneWorkspaces } from '../adapters/workspaces/clone.ts';
import { worktreeWorkspaces } from '../adapters/workspaces/worktree.ts';
import type { Attempt, Session } from '../domain/task.ts';
import { clean } from './clean.ts';
import type { RunContext } from './context.ts';
import { makeLayout } from './layout.ts';
import { removeWorkspaces } from './remove-workspaces.ts';
import { resumption } from './take-up.ts';

const clock = stoppedClock();
const change = { commit: 'c'.repeat(40), tree: 'd'.repeat(40) };
const ended = { state: 'ended', outcome: 'completed', endedAt: 2, conversation: 'c' } as const;

async function resumed(
  agent: string,
  {
    attempt = {},
    workspace = 'clone',
  }: { attempt?: Partial<Attempt>; workspace?: 'clone' | 'worktree' } = {},
): Promise<[string | undefined, string | null]> {
  const store = openMemoryStore(clock);
  const { options } = runRow('run-1');
  const task = taskRow('t1', { attempt: 1 });
  await store.commit(
    [
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'attempt', row: attemptRow('t1', { change, ...attempt }) },
      { op: 'insert', kind: 'session', row: sessionRow('t1', { agent, ...ended }) },
      { op: 'insert', kind: 'session', row: sessionRow('t2', { agent, ...ended, conversation: 'other' }) },
    ],
    [],
  );
  const context: Partial<RunContext> = {
    store,
    findAgent,
    run: 'run-1',
    options: { ...options, agent, workspace },
  };
  const { takesUp, path: place } = await resumption(context as RunContext, task, 'default');
  return [takesUp?.conversation, place];
}

test('a conversation is gone on with in any directory, or in the one where it was held, as the agent can', async () => {
  for (const agent of ['claude-code', 'codex']) assert.deepEqual(await resumed(agent), ['c', null]);
  for (const agent of ['kimi', 'qwen', 'acp']) assert.deepEqual(await resumed(agent), ['c', '/w/t1']);
  for (const agent of ['gemini', 'command']) assert.deepEqual(await resumed(agent), [undefined, null]);
});

test('a directory is made anew for a conversation only where what was done in it is saved', async () => {
  assert.deepEqual(await resumed('kimi', { attempt: { change: null } }), [undefined, null]);
  assert.deepEqual(await resumed('kimi', { workspace: 'worktree' }), [undefined, null]);
  assert.deepEqual(await resumed('codex', { attempt: { change: null }, workspace: 'worktree' }), ['c', null]);
});

/** Two attempts in one directory, in which the second left work that was saved nowhere. */
async function twoInOnePlace(t: TestContext) {
  const home = await temporaryDirectory();
  const repository = await makeRepository();
  t.after(async () => {
    await rm(home, { recursive: true, force: true });
    await repository.remove();
  });
  const layout = makeLayout(home);
  const hub = await openHub({ gitDir: layout.hub('project'), userRepository: repository.path });
  const start = (await hub.fetchTarget('main')) ?? '';
  const place = layout.workspace('run-1', 's1');
  const of = (attempt: number): Session => {
    const workspace = { kind: 'clone', path: place, branch: `ao/s${attempt}`, start } as const;
    const handle = { runtime: 'process', pid: 1, startTime: '', dir: '/d', mark: 'm' };
    return sessionRow('t1', { id: `s${attempt}`, attempt, workspace, handle, ...ended });
  };
  await cloneWorkspaces.make({ hub, path: place, branch: 'ao/s2', commit: start });
  await writeFiles(place, { 'new.txt': 'hours of work\n' });
  const store = openMemoryStore(clock);
  await store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('run-1', { state: 'finished', endedAt: 1 }) },
      { op: 'insert', kind: 'task', row: taskRow('t1', { state: 'cancelled', attempt: 2 }) },
      { op: 'insert', kind: 'attempt', row: attemptRow('t1', { session: 's1', change, endedAt: 2 }) },
      { op: 'insert', kind: 'attempt', row: attemptRow('t1', { number: 2, session: 's2', endedAt: 2 }) },
      { op: 'insert', kind: 'session', row: of(1) },
      { op: 'insert', kind: 'session', row: of(2) },
    ],
    [],
  );
  const workspaces = { clone: cloneWorkspaces, worktree: worktreeWorkspaces };
  const context: Partial<RunContext> = {
    store,
    clock,
    layout,
    hub,
    workspaces,
    run: 'run-1',
    openHub: async () => hub,
  };
  return { context: context as RunContext, work: path.join(place, 'new.txt') };
}

test('work that was saved nowhere stays, also where an attempt before worked in that directory', async (t) => {
  const { context, work } = await twoInOnePlace(t);
  await removeWorkspaces(context);
  assert.ok(existsSync(work));
  const { removed, kept } = await clean(context, { olderThanMs: 0, dryRun: false });
  assert.ok(existsSync(work));
  assert.deepEqual(removed, []);
  assert.match(kept[0]?.reason ?? '', /its work was never saved/);
});
