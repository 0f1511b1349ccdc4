import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { findExecutable } from '../../src/lib/executable.ts';
import { runProgram } from '../../src/lib/subprocess.ts';
import { makeRepository, openRepository, type TestRepository, writeFiles } from '../support/repositories.ts';
import { type CommandLine, openCommandLine } from './support/command-line.ts';
import {
  cProject,
  type Mend,
  nodeProject,
  pythonAgent,
  pythonProject,
  roundCents,
  shellAgent,
} from './support/other-makes.ts';
import { makeLivedIn, usersState } from './support/users-state.ts';

/** What a user has in the shell; nothing that tells a test runner that it runs inside of another one. */
const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', LC_ALL: 'C' };

interface Plain {
  exitCode: number | null;
  output: string;
}

test('a node:test project with dependencies goes green, and the plain runner agrees at every commit', async (t) => {
  const cli = await openCommandLine(t);
  const repository = await makeRepository({ files: nodeProject.files });
  t.after(() => repository.remove());
  await addPackage(cli, repository);
  const commits = await goesGreen(cli, repository, {
    agent: await shell(cli, nodeProject.mends),
    runner: ['sh', '-c', 'npm ci --offline --no-audit --silent && node --test --test-reporter=tap'],
  });
  failuresShrink(commits.map((plain) => named(plain, /^ *not ok \d+ - ((?!\/).*?)$/gm)));
});

test('a Python unittest project goes green, and the plain runner agrees at every commit', async (t) => {
  if (await lacks(t, 'python3')) return;
  const cli = await openCommandLine(t);
  const repository = await makeRepository({ files: pythonProject.files });
  t.after(() => repository.remove());
  await writeFile(path.join(cli.home, 'agent.py'), pythonAgent);
  await writeFile(path.join(cli.home, 'mends.json'), JSON.stringify(pythonProject.mends));
  const commits = await goesGreen(cli, repository, {
    agent: `python3 "${cli.home}/agent.py" "${cli.home}/mends.json"`,
    runner: ['python3', '-m', 'unittest', 'discover'],
  });
  failuresShrink(commits.map((plain) => named(plain, /^(?:FAIL|ERROR): (.*)$/gm)));
});

test('a C project whose make stops at the first failure goes green, one failure further at every commit', async (t) => {
  if ((await lacks(t, 'make')) || (await lacks(t, 'cc'))) return;
  const cli = await openCommandLine(t);
  const repository = await makeRepository({ files: cProject.files });
  t.after(() => repository.remove());
  const commits = await goesGreen(cli, repository, {
    agent: await shell(cli, cProject.mends),
    runner: ['make', 'test'],
  });
  const places = commits.map(({ output }) => /(test_\w+\.c):(\d+): .*Assertion/.exec(output)?.slice(1));
  const files = ['test_text.c', 'test_list.c', 'test_sums.c'];
  const positions = places.map((place) =>
    place === undefined ? Number.POSITIVE_INFINITY : files.indexOf(place[0] ?? '') * 1000 + Number(place[1]),
  );
  assert.equal(positions.length, 6);
  assert.ok(
    positions.every((position, i) => i === 0 || position > (positions[i - 1] ?? 0)),
    String(positions),
  );
});

interface Fixing {
  /** For `--agent-command`. */
  agent: string;
  /** What people of the project type; ao plays no part in it. */
  runner: string[];
}

/** Fixes the repository by the command line; what the plain runner says of each first-parent commit, oldest first. */
async function goesGreen(cli: CommandLine, repository: TestRepository, fixing: Fixing): Promise<Plain[]> {
  await makeLivedIn(repository);
  const state = await usersState(repository);
  const before = await repository.head('main');
  const outcome = await cli.ao(['fix', repository.path, '--json', '--agent-command', fixing.agent]);
  assert.equal(outcome.code, 0, outcome.stderr + outcome.stdout);
  const report = JSON.parse(outcome.stdout);
  assert.equal(report.ok, true);
  assert.deepEqual(report.remaining, []);
  assert.deepEqual(await usersState(repository), state);
  assert.equal(report.target.before, before);
  assert.equal(report.target.after, await repository.head('main'));
  const range = `${before}..main`;
  const landed = await repository.git('log', '--first-parent', '--reverse', '--format=%H', range);
  const commits: Plain[] = [];
  for (const commit of [before, ...landed.split('\n')]) {
    commits.push(await runPlainly(cli, { repository, commit, runner: fixing.runner }));
  }
  assert.equal(commits.at(-1)?.exitCode, 0, commits.at(-1)?.output);
  assert.ok(commits.slice(0, -1).every(({ exitCode }) => exitCode !== 0));
  return commits;
}

/** In a clone of its own, as a stranger would try the commit. */
async function runPlainly(
  cli: CommandLine,
  { repository, commit, runner }: { repository: TestRepository; commit: string; runner: string[] },
): Promise<Plain> {
  const cwd = await mkdtemp(path.join(cli.home, 'plain-'));
  const clone = openRepository(cwd);
  await clone.git('clone', '--quiet', '--no-checkout', repository.path, '.');
  await clone.git('checkout', '--quiet', '--detach', commit);
  const { exitCode, combined } = await runProgram({
    argv: runner,
    cwd,
    env,
    timeoutMs: 120_000,
    maxBytes: 1 << 20,
  });
  return { exitCode, output: combined };
}

/** Each set of names is a part of the one before, and smaller; the last is empty. */
function failuresShrink(sets: Set<string>[]): void {
  const shown = JSON.stringify(sets.map((set) => [...set]));
  assert.equal(sets[0]?.size, 5, shown);
  assert.equal(sets.at(-1)?.size, 0, shown);
  for (const [index, set] of sets.slice(1).entries()) {
    const before = sets[index] ?? new Set();
    assert.ok(set.size < before.size && [...set].every((name) => before.has(name)), shown);
  }
}

function named({ output }: Plain, pattern: RegExp): Set<string> {
  return new Set([...output.matchAll(pattern)].map((found) => found[1] ?? ''));
}

async function shell(cli: CommandLine, mends: Mend[]): Promise<string> {
  const literal = (text: string): string => text.replaceAll(/[.*[\]^$\\]/g, '\\$&');
  const lines = mends.map(({ about, file, from, to }) => `${about}|${file}|${literal(from)}|${to}\n`);
  await writeFile(path.join(cli.home, 'agent.sh'), shellAgent);
  await writeFile(path.join(cli.home, 'mends'), lines.join(''));
  return `sh "${cli.home}/agent.sh" "${cli.home}/mends"`;
}

/** Packs the package into the repository and writes the lock file; neither needs the network. */
async function addPackage(cli: CommandLine, repository: TestRepository): Promise<void> {
  const source = path.join(cli.home, 'round-cents');
  await writeFiles(source, roundCents);
  await repository.write({ 'vendor/README.md': 'Packages that are nowhere else.\n' });
  const archive = ['npm', 'pack', '--silent', '--pack-destination', path.join(repository.path, 'vendor')];
  const lock = ['npm', 'install', '--package-lock-only', '--offline', '--no-audit', '--silent'];
  for (const [argv, cwd] of [[archive, source] as const, [lock, repository.path] as const]) {
    const { exitCode, combined } = await runProgram({
      argv,
      cwd,
      env,
      timeoutMs: 60_000,
      maxBytes: 1 << 20,
    });
    assert.equal(exitCode, 0, combined);
  }
  await repository.commit({}, 'Add a package and the lock file');
}

async function lacks(t: TestContext, tool: string): Promise<boolean> {
  const missing = (await findExecutable(tool, '/', env)).path === null;
  if (missing) t.skip(`${tool} is not here`);
  return missing;
}
