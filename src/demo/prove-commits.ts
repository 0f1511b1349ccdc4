import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { git } from '../lib/git.ts';
import { removeDirectory } from '../lib/remove-directory.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { runProgram } from '../lib/subprocess.ts';
import { lintCommand, testCommand } from './checks.ts';

export interface ProvedCommit {
  commit: string;
  subject: string;
  /** What fails there, in words, sorted. */
  failing: string[];
  files: Map<string, string>;
}

export interface Proof {
  repository: string;
  before: string;
  after: string;
  env: Readonly<Record<string, string>>;
  /** An existing directory for checkouts. */
  scratch: string;
  /** Names of tests that are known to come and go. */
  flaky: ReadonlySet<string>;
  signal: AbortSignal;
}

const checkTimeoutMs = 60_000;

/**
 * Checks `before` and each first-parent commit after it, every one checked out by itself, oldest first. Nothing of ao's
 * engine takes part in it: the claim is proved by other means than those that made it.
 */
export async function proveCommits(proof: Proof): Promise<ProvedCommit[]> {
  const range = ['--first-parent', '--reverse', '--format=%H %s', `${proof.before}..${proof.after}`];
  const log = await git(['log', ...range], { cwd: proof.repository });
  const start = await git(['log', '-1', '--format=%H %s', proof.before], { cwd: proof.repository });
  const lines = `${start.stdout}${log.stdout}`.split('\n').filter((line) => line !== '');
  const slots = new Semaphore(Math.min(4, availableParallelism()));
  return Promise.all(
    lines.map((line) => {
      const [commit = '', ...words] = line.split(' ');
      return slots.use(() => proveCommit(proof, commit, words.join(' ')));
    }),
  );
}

/** True when each commit's failures are part of those of the one before, and fewer. */
export function isEverGreener(commits: readonly ProvedCommit[]): boolean {
  return commits.slice(1).every(({ failing }, index) => {
    const before = commits[index]?.failing ?? [];
    return failing.length < before.length && failing.every((name) => before.includes(name));
  });
}

async function proveCommit(proof: Proof, commit: string, subject: string): Promise<ProvedCommit> {
  const base = await mkdtemp(join(proof.scratch, 'proof-'));
  try {
    const root = join(base, 'corner-shop');
    await checkOut(proof.repository, commit, root);
    const failing = [...(await failingTests(proof, root)), ...(await lintFindings(proof, root))];
    return { commit, subject, failing: failing.toSorted(), files: await readAll(root) };
  } finally {
    await removeDirectory(base);
  }
}

/** With an index of our own: the repository's own index and checkout are not touched. */
async function checkOut(repository: string, commit: string, root: string): Promise<void> {
  await mkdir(root);
  const options = { gitDir: join(repository, '.git'), workTree: root, indexFile: join(root, '..', 'index') };
  await git(['read-tree', commit], options);
  await git(['checkout-index', '--all'], options);
}

async function failingTests(proof: Proof, root: string): Promise<string[]> {
  const output = await run(proof, [...testCommand, '--test-reporter=tap'], root);
  const results = [...output.matchAll(/^(not )?ok \d+ - (.*?)(?: # .*)?$/gm)];
  if (results.length === 0) throw new Error(`the tests of the demo did not run:\n${output.slice(-2000)}`);
  return results.flatMap(([, failed, name = '']) => (failed && !proof.flaky.has(name) ? [name] : []));
}

async function lintFindings(proof: Proof, root: string): Promise<string[]> {
  const output = await run(proof, lintCommand(), root);
  return [...output.matchAll(/^(\S+?):\d+:\d+: (.*)$/gm)].map(([, file, message]) => `${file}: ${message}`);
}

async function run(proof: Proof, argv: readonly string[], root: string): Promise<string> {
  const { env, signal } = proof;
  const limits = { timeoutMs: checkTimeoutMs, maxBytes: 4 << 20, signal };
  const result = await runProgram({ argv, cwd: root, env, ...limits });
  signal.throwIfAborted();
  if (result.timedOut) throw new Error(`${argv.join(' ')} did not end`);
  return result.stdout;
}

async function readAll(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(root, file), await readFile(file, 'utf8'));
  }
  return files;
}
