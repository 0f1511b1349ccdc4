// npm run bench -- queue: the merge queue with 32 changes that came at once, beside one at a time on one runner.
import { rm } from 'node:fs/promises';
import { composeWorld } from '../src/daemon/compose.ts';
import type { Finding } from '../src/domain/finding.ts';
import type { Landing } from '../src/domain/task.ts';
import type { RunContext } from '../src/engine/context.ts';
import { mergeQueue } from '../src/engine/merge-queue.ts';
import { contextOf, newRun, openProject } from '../src/engine/open-run.ts';
import { treeResult } from '../src/engine/tree-results.ts';
import { openRepository, temporaryDirectory, type TestRepository } from '../test/support/repositories.ts';
import { type Figure, report, timed } from './support/figures.ts';
import { checkItems, itemNames, itemsRepository } from './support/items.ts';
import { attemptRow, taskRow } from './support/rows.ts';

const count = 32;
const checkSeconds = 2;
/** One in ten breaks something: not the first, not neighbours. */
const culprits: ReadonlySet<string> = new Set(['06', '17', '28']);
/** Of those one at a time so many are run; the others take as long. */
const sample = 5;

interface Queue {
  context: RunContext;
  /** The commit with everything that a change may be made of. */
  parts: string;
  before: string;
  findings: readonly Finding[];
}

/** A run whose head was checked, and no loop: what is measured is the merge queue alone. */
async function inQueue<T>(runners: number, use: (queue: Queue) => Promise<T>): Promise<T> {
  const home = await temporaryDirectory();
  const repository = await itemsRepository(count, checkSeconds);
  const world = await composeWorld({ home, log: () => {} });
  try {
    const opened = await openProject(world, { path: repository.path, branch: null });
    const { PATH = '/usr/bin:/bin', HOME = '/nonexistent' } = process.env;
    const run = await newRun(world, opened, requestOf(repository, runners, { PATH, HOME }));
    await world.store.commit([{ op: 'insert', kind: 'run', row: run }], []);
    const context = contextOf(world, { ...opened, id: run.id, request: run });
    const head = await treeResult(context, run.head, () => false);
    const findings = head.checks.flatMap((check) => check.findings);
    return await use({ context, before: run.head, findings, parts: await partsOf(context, repository) });
  } finally {
    await world.store.close();
    await repository.remove();
    await rm(home, { recursive: true, force: true });
  }
}

function requestOf(repository: TestRepository, runners: number, env: Record<string, string>) {
  const options = {
    checks: [{ name: 'items', command: checkItems, timeoutMs: 60_000 }],
    setup: null,
    agent: 'scripted',
    agentCommand: null,
    agentScript: null,
    concurrency: count,
    checkConcurrency: runners,
    maxAttempts: 3,
    maxRounds: 5,
    group: 'finding',
    scope: null,
    workspace: 'clone',
    allowTestEdits: false,
    policy: true,
    attemptTimeoutMs: 60_000,
  } as const;
  return {
    path: repository.path,
    branch: null,
    options: { ...options, checks: [...options.checks] },
    env,
    resume: false,
  };
}

/** All items green and the file that breaks the whole, in the hub and nowhere else. */
async function partsOf(context: RunContext, repository: TestRepository): Promise<string> {
  const directory = await temporaryDirectory();
  try {
    await repository.git('clone', '--quiet', repository.path, directory);
    const clone = openRepository(directory);
    await clone.git('config', 'user.name', 'Benchmark');
    await clone.git('config', 'user.email', 'benchmark@ao.localhost');
    const items = itemNames(count).map((name) => [`items/${name}`, 'green\n']);
    await clone.commit({ broken: 'yes\n', ...Object.fromEntries(items) });
    return await context.hub.fetchFrom(directory, 'HEAD', 'refs/ao/parts');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Puts the change of one item into the queue, as the gate does for what passed. */
async function enqueue(queue: Queue, name: string, breaks: boolean): Promise<void> {
  const { hub, store, run, clock } = queue.context;
  const paths = [`items/${name}`, ...(breaks ? ['broken'] : [])];
  const tree = await hub.restorePaths(await hub.treeOf(queue.before), queue.parts, paths);
  const person = { name: 'Benchmark', email: 'benchmark@ao.localhost' };
  const message = `item ${name}\n`;
  const commit = await hub.commit({
    tree,
    parents: [queue.before],
    message,
    author: person,
    committer: person,
  });
  const findings = queue.findings.filter(({ title }) => title.includes(`item ${name} `));
  if (findings.length !== 1) throw new Error(`item ${name} has ${findings.length} findings`);
  const task = taskRow(name, { run, state: 'in_flight', attempt: 1, findings });
  const landing: Landing = {
    id: `${name}.1.0`,
    run,
    task: name,
    attempt: 1,
    state: 'queued',
    change: { commit, tree },
    queuedAt: clock.now(),
    intent: null,
    problems: [],
  };
  await store.commit(
    [
      { op: 'insert', kind: 'task', row: task },
      { op: 'insert', kind: 'attempt', row: attemptRow(name, run) },
      { op: 'insert', kind: 'landing', row: landing },
    ],
    [],
  );
}

/** Seconds for all 32 at once on two runners. */
function allAtOnce(broken: ReadonlySet<string>): Promise<number> {
  return inQueue(2, async (queue) => {
    for (const name of itemNames(count)) await enqueue(queue, name, broken.has(name));
    const time = await timed(() => mergeQueue(queue.context));
    const tasks = await queue.context.store.list('task', { states: ['done'] });
    if (tasks.length !== count - broken.size) throw new Error(`${tasks.length} of ${count} changes landed`);
    return time / 1000;
  });
}

/** Seconds for one change that is good, and for one that is not. */
function oneAtATime(): Promise<{ good: number; bad: number }> {
  return inQueue(1, async (queue) => {
    const names = itemNames(count).slice(0, sample + 1);
    const times: number[] = [];
    for (const [index, name] of names.entries()) {
      await enqueue(queue, name, index === sample);
      times.push((await timed(() => mergeQueue(queue.context))) / 1000);
    }
    const good = times.slice(0, sample).reduce((sum, time) => sum + time, 0) / sample;
    return { good, bad: times[sample] ?? Number.NaN };
  });
}

const { good, bad } = await oneAtATime();
const figures: Figure[] = [];
for (const [broken, least] of [
  [new Set<string>(), 4],
  [culprits, 2],
] as const) {
  const alone = good * (count - broken.size) + bad * broken.size;
  const seconds = await allAtOnce(broken);
  const what = `one at a time ÷ merge queue, ${count} changes, ${broken.size || 'no'} culprit${broken.size > 1 ? 's' : ''}`;
  figures.push({
    what,
    value: alone / seconds,
    made: `${alone.toFixed(1)} s ÷ ${seconds.toFixed(1)} s`,
    least,
  });
}
report(figures);
