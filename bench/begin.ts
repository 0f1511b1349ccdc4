// npm run bench -- begin: from the commit that takes a task to the agent's own program, without workspace and setup, in both runtimes.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { composeWorld } from '../src/daemon/compose.ts';
import { resolveFix } from '../src/daemon/resolve-fix.ts';
import type { World } from '../src/engine/context.ts';
import { createEngine } from '../src/engine/create-engine.ts';
import type { Engine } from '../src/engine/engine.ts';
import { temporaryDirectory, type TestRepository } from '../test/support/repositories.ts';
import { type Figure, median, percentile, report } from './support/figures.ts';
import { checkItems, itemsRepository } from './support/items.ts';

const sessions = 40;
/** Its first deed is to write down when it is. */
const agent = ['/bin/date', '+%s%N'];

/** Milliseconds by the path of the directory that was made or prepared. */
type Times = Map<string, number>;

async function timed<T>(times: Times, directory: string, work: Promise<T>): Promise<T> {
  const started = performance.now();
  const done = await work;
  times.set(directory, (times.get(directory) ?? 0) + performance.now() - started);
  return done;
}

function withTimes(world: World, times: Times): World {
  const { setup } = world;
  const { clone, worktree } = world.workspaces;
  const make: typeof clone.make = (spec) => timed(times, spec.path, clone.make(spec));
  return {
    ...world,
    workspaces: { clone: { ...clone, make }, worktree },
    setup: { prepare: (run) => timed(times, run.root, setup.prepare(run)) },
  };
}

/** What the agent printed, whatever a terminal put around it. */
async function executedAt(log: string): Promise<number> {
  const [, nanoseconds] = /(\d{19})/.exec(await readFile(log, 'utf8')) ?? [];
  return Number(nanoseconds) / 1e6;
}

async function fix(
  engine: Engine,
  home: string,
  repository: TestRepository,
  runtime: string,
): Promise<string> {
  const flags = {
    checks: [`items=${checkItems}`],
    agentCommand: JSON.stringify(agent),
    concurrency: '2',
    maxAttempts: '1',
    group: 'finding',
    runtime,
  };
  const { PATH = '/usr/bin:/bin', HOME = '/nonexistent' } = process.env;
  const env = { PATH, HOME, LANG: 'C.UTF-8' };
  const input = { cwd: repository.path, path: repository.path, flags, env, resume: false, dryRun: false };
  const { run } = await engine.fix(resolveFix(input, home));
  for (let seq = 0; (await engine.run(run)).state !== 'finished'; seq = await engine.lastSeq()) {
    await engine.changed(seq, AbortSignal.timeout(60_000));
  }
  return run;
}

/** For each session: all of it, and what of it was the workspace. */
async function measure(runtime: string): Promise<{ whole: number; workspace: number }[]> {
  const repository = await itemsRepository(sessions, 0);
  const home = await temporaryDirectory();
  const times: Times = new Map();
  const world = withTimes(await composeWorld({ home, log: () => {} }), times);
  const engine = await createEngine(world);
  try {
    const run = await fix(engine, home, repository, runtime);
    const claims = (await engine.events(0, run, 100_000)).filter(({ type }) => type === 'task.claim');
    const claimed = new Map(claims.map(({ body, at }) => [body['session'], at]));
    const rows = (await engine.sessions()).map(async ({ id, workspace }) => ({
      whole:
        (await executedAt(path.join(world.layout.session(run, id), 'output.log'))) - (claimed.get(id) ?? 0),
      workspace: times.get(workspace) ?? Number.NaN,
    }));
    return await Promise.all(rows);
  } finally {
    await engine.shutdown({ stopAgents: true });
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    await repository.remove();
  }
}

const figures: Figure[] = [];
for (const runtime of ['process', 'tmux']) {
  const rows = await measure(runtime);
  if (rows.length !== sessions) throw new Error(`${rows.length} of ${sessions} sessions were started`);
  const times = rows.map(({ whole, workspace }) => whole - workspace);
  const workspace = median(rows.map((row) => row.workspace)).toFixed(0);
  const made = `${sessions} starts, p95 ${percentile(times, 0.95).toFixed(0)} ms; workspace and setup ${workspace} ms more`;
  const what = `session accepted → agent's program executing, ${runtime}, p50 (ms)`;
  figures.push({ what, value: median(times), made, most: 150, digits: 0 });
}
report(figures);
