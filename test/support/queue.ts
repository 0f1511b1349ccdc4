import { rm } from 'node:fs/promises';
import { composeWorld } from '../../src/daemon/compose.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { RunContext } from '../../src/engine/context.ts';
import { contextOf, newRun, openProject } from '../../src/engine/open-run.ts';
import { treeResult } from '../../src/engine/tree-results.ts';
import { openRepository, temporaryDirectory, type TestRepository } from './repositories.ts';
import { attemptRow, landingRow, taskRow } from './rows.ts';

/** A run whose head was checked, and no loop: the merge queue alone, on a real hub, target, store and checks. */
export interface Queue {
  context: RunContext;
  /** The commit with everything that a change may be made of. */
  parts: string;
  before: string;
  findings: readonly Finding[];
}

interface QueueSpec {
  /** A file `items/<name>` is red at the start; the file `broken` breaks something else. */
  repository: TestRepository;
  names: readonly string[];
  check: string;
  runners: number;
}

export async function inQueue<T>(spec: QueueSpec, use: (queue: Queue) => Promise<T>): Promise<T> {
  const home = await temporaryDirectory();
  const world = await composeWorld({ home, log: () => {} });
  try {
    const opened = await openProject(world, { path: spec.repository.path, branch: null });
    const { PATH = '/usr/bin:/bin', HOME = '/nonexistent' } = process.env;
    const run = await newRun(world, opened, requestOf(spec, { PATH, HOME }));
    await world.store.commit([{ op: 'insert', kind: 'run', row: run }], []);
    const context = contextOf(world, { ...opened, id: run.id, request: run });
    const head = await treeResult(context, run.head, () => false);
    const findings = head.checks.flatMap((check) => check.findings);
    return await use({ context, before: run.head, findings, parts: await partsOf(context, spec) });
  } finally {
    await world.store.close();
    await spec.repository.remove();
    await rm(home, { recursive: true, force: true });
  }
}

function requestOf(spec: QueueSpec, env: Record<string, string>) {
  const options = {
    checks: [{ name: 'items', command: spec.check, timeoutMs: 60_000 }],
    setup: null,
    agent: 'scripted',
    agentCommand: null,
    agentScript: null,
    concurrency: spec.names.length,
    checkConcurrency: spec.runners,
    maxAttempts: 3,
    maxRounds: 5,
    group: 'finding',
    scope: null,
    workspace: 'clone',
    allowTestEdits: false,
    policy: true,
    attemptTimeoutMs: 60_000,
  } as const;
  const path = spec.repository.path;
  return { path, branch: null, options: { ...options, checks: [...options.checks] }, env, resume: false };
}

/** All items green and the file that breaks the whole, in the hub and nowhere else. */
async function partsOf(context: RunContext, { repository, names }: QueueSpec): Promise<string> {
  const directory = await temporaryDirectory();
  try {
    await repository.git('clone', '--quiet', repository.path, directory);
    const clone = openRepository(directory);
    await clone.git('config', 'user.name', 'Queue');
    await clone.git('config', 'user.email', 'queue@ao.localhost');
    const items = names.map((name) => [`items/${name}`, 'green\n']);
    await clone.commit({ broken: 'yes\n', ...Object.fromEntries(items) });
    return await context.hub.fetchFrom(directory, 'HEAD', 'refs/ao/parts');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Puts the change of one item into the queue, as the gate does for what passed. */
export async function enqueue(queue: Queue, name: string, breaks: boolean): Promise<void> {
  const { hub, store, run, clock } = queue.context;
  const paths = [`items/${name}`, ...(breaks ? ['broken'] : [])];
  const tree = await hub.restorePaths(await hub.treeOf(queue.before), queue.parts, paths);
  const person = { name: 'Queue', email: 'queue@ao.localhost' };
  const message = `item ${name}\n`;
  const parents = [queue.before];
  const commit = await hub.commit({ tree, parents, message, author: person, committer: person });
  const findings = queue.findings.filter(({ title }) => title.includes(`item ${name} `));
  if (findings.length !== 1) throw new Error(`item ${name} has ${findings.length} findings`);
  const task = taskRow(name, { run, state: 'in_flight', attempt: 1, findings });
  const landing = landingRow(name, { run, change: { commit, tree }, queuedAt: clock.now() });
  await store.commit(
    [
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'attempt', row: attemptRow(name, { run }) },
      { op: 'insert', kind: 'landing', row: landing },
    ],
    [],
  );
}
