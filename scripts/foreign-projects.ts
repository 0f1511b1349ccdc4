// npm run test:foreign -- [NAME…] [--seed N]: packages by others with their own tests, broken by mistakes that these tests
// notice, go green with agents that know what mends them. Downloads the packages once, into $XDG_CACHE_HOME/ao-foreign.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findExecutable } from '../src/lib/executable.ts';
import { runProgram } from '../src/lib/subprocess.ts';
import { type Green, goGreen, type RunAo } from '../test/foreign/go-green.ts';
import { type ForeignProject, foreignProjects } from '../test/foreign/projects.ts';
import { plainEnvironment } from '../test/foreign/run.ts';
import { countOf, readOptions, refuse } from './options.ts';

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' } },
});
const unknown = positionals.find((name) => !foreignProjects.some((project) => project.name === name));
if (unknown !== undefined) {
  refuse(`There is no project ${unknown}. Choose of: ${foreignProjects.map(({ name }) => name).join(', ')}`);
}
const seed = countOf('seed', values.seed);
const scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'ao-foreign-')));
const main = path.join(import.meta.dirname, '../src/cli/main.ts');
const env = { ...plainEnvironment(), AO_HOME: path.join(scratch, 'home') };

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());

const runAo: RunAo = async (args, signal = interrupted.signal) => {
  const argv = [process.execPath, main, ...args];
  const { stdout, stderr, exitCode } = await runProgram({
    argv,
    cwd: scratch,
    env,
    maxBytes: 16 << 20,
    signal,
  });
  if (exitCode !== 0) throw new Error(`ao ${args.join(' ')} ended with ${exitCode}:\n${stderr}\n${stdout}`);
  return stdout;
};

try {
  console.log('| project | tests | seen | mistakes | findings | tasks | attempts | refused | commits | s |');
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  const wanted = foreignProjects.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  for (const project of wanted) if (!interrupted.signal.aborted) await tryOne(project);
} finally {
  await runAo(['daemon', 'stop', '--agents'], AbortSignal.timeout(60_000)).catch(console.error);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}

async function tryOne(project: ForeignProject): Promise<void> {
  const started = performance.now();
  try {
    await requirePrograms(project);
    const directory = path.join(scratch, project.name);
    const green = await goGreen(project, { directory, seed, runAo });
    console.log(row(project, green, Math.round((performance.now() - started) / 1000)));
  } catch (error) {
    process.exitCode = 1;
    console.error(`${project.name}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

async function requirePrograms({ needs }: ForeignProject): Promise<void> {
  for (const program of needs) {
    if ((await findExecutable(program, '/', env)).path === null) throw new Error(`${program} is missing`);
  }
}

function row({ name, version, make }: ForeignProject, green: Green, seconds: number): string {
  const { tests, mistakes, findings, tasks, attempts, refused, commits } = green;
  for (const { file, line, how } of mistakes) console.error(`${name}: ${file}:${line + 1} ${how}`);
  const cells = [
    `${name} ${version}`,
    make,
    tests,
    mistakes.length,
    findings,
    tasks,
    attempts,
    refused,
    commits,
  ];
  return `| ${[...cells, seconds].join(' | ')} |`;
}
