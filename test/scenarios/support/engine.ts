import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { Script } from '../../../src/adapters/agents/scripted/script.ts';
import { composeEngine } from '../../../src/daemon/compose.ts';
import type { Report } from '../../../src/domain/report.ts';
import type { RunOptions } from '../../../src/domain/run.ts';
import type { Engine, FixRequest } from '../../../src/engine/engine.ts';
import { temporaryDirectory, type TestRepository } from '../../support/repositories.ts';

const run = promisify(execFile);

/** Node's own test runner, by this very binary: what runs here needs nothing installed. */
export const nodeTest = `"${process.execPath}" --test`;

export interface Bench {
  engine: Engine;
  home: string;
  /** Lines of the daemon's log. */
  log: string[];
}

/** A real engine on real parts in a data directory of its own; shut down and removed after the test. */
export async function openBench(t: TestContext): Promise<Bench> {
  const home = await temporaryDirectory();
  const log: string[] = [];
  const engine = await composeEngine({
    home,
    log: (event, fields) => void log.push(`${event} ${JSON.stringify(fields)}`),
  });
  t.after(async () => {
    await engine.shutdown({ stopAgents: true });
    await rm(home, { recursive: true, force: true });
  });
  return { engine, home, log };
}

export function options(patch: Partial<RunOptions>): RunOptions {
  return {
    checks: [{ name: 'test', command: nodeTest, timeoutMs: 60_000 }],
    setup: null,
    agent: 'scripted',
    agentCommand: null,
    agentScript: null,
    concurrency: 4,
    checkConcurrency: 2,
    maxAttempts: 3,
    maxRounds: 5,
    group: 'auto',
    scope: null,
    workspace: 'clone',
    allowTestEdits: false,
    policy: true,
    attemptTimeoutMs: 60_000,
    ...patch,
  };
}

export function request(repository: TestRepository, patch: Partial<RunOptions>): FixRequest {
  const { PATH, HOME } = process.env;
  return {
    path: repository.path,
    branch: null,
    options: options(patch),
    env: { PATH: PATH ?? '/usr/bin:/bin', HOME: HOME ?? '/nonexistent', LANG: 'C.UTF-8' },
    resume: false,
  };
}

/** Writes a script for the scripted agent beside the data directory; its path. */
export async function script(bench: Bench, content: Partial<Script>): Promise<string> {
  const file = path.join(bench.home, `script-${Math.trunc(performance.now() * 1000)}.json`);
  const { rules = [], otherwise } = content;
  await writeFile(file, JSON.stringify({ rules, ...(otherwise ? { otherwise } : {}) }));
  return file;
}

/** Starts a run and waits until it has finished. */
export async function fix(bench: Bench, wanted: FixRequest): Promise<Report> {
  const { run: id } = await bench.engine.fix(wanted);
  return finished(bench, id);
}

export async function finished(bench: Bench, id: string): Promise<Report> {
  const signal = AbortSignal.timeout(100_000);
  for (;;) {
    const seq = await bench.engine.lastSeq();
    const view = await bench.engine.run(id);
    if (view.state === 'finished') return bench.engine.report(id);
    if (signal.aborted)
      throw new Error(`not finished: ${JSON.stringify(view, null, 1)}\n${bench.log.join('\n')}`);
    await bench.engine.changed(seq, signal);
  }
}

/** First-parent commits after `before`, oldest first. */
export async function landedCommits(
  repository: TestRepository,
  before: string,
  branch = 'main',
): Promise<string[]> {
  const text = await repository.git('rev-list', '--reverse', '--first-parent', `${before}..${branch}`);
  return text === '' ? [] : text.split('\n');
}

/**
 * Names of the tests that fail in a commit, seen by a plain run of node's test runner in a checkout of its own: what a
 * person would do who does not believe us.
 */
export async function failingTests(repository: TestRepository, commit: string): Promise<string[]> {
  const directory = await temporaryDirectory();
  try {
    await repository.git('worktree', 'add', '--quiet', '--detach', directory, commit);
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap'], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    }).catch((error: { stdout: string }) => error);
    const failing = stdout.split('\n').filter((line) => line.trimStart().startsWith('not ok '));
    return failing.map((line) => line.trim().replace(/^not ok \d+ - /, '')).toSorted();
  } finally {
    await repository.git('worktree', 'remove', '--force', directory);
  }
}
