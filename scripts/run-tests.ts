// npm test [-- <file or directory>… | <option of node --test>…]: runs the tests in an environment of their own,
// so that they see nothing of the user: no git configuration, no home, no accounts, no data of a running ao.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { refuse } from './options.ts';

const kept = ['PATH', 'LANG', 'LC_ALL', 'TERM', 'USER', 'LOGNAME', 'SHELL', 'CI', 'NO_COLOR', 'FORCE_COLOR'];

/** Where `ao` keeps it too: a test starts dozens of our programs, and two thirds of such a start is compiling. */
const compileCache = join(import.meta.dirname, '../node_modules/.cache/node-compile');

function testEnvironment(directory: string): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (kept.includes(name) || name.startsWith('AO_TEST_')) environment[name] = value;
  }
  const [home, temporary] = [join(directory, 'home'), join(directory, 'tmp')];
  mkdirSync(home);
  mkdirSync(temporary);
  return {
    ...environment,
    HOME: home,
    TMPDIR: temporary,
    TMUX_TMPDIR: temporary,
    NODE_COMPILE_CACHE: compileCache,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test Author',
    GIT_AUTHOR_EMAIL: 'author@example.com',
    GIT_COMMITTER_NAME: 'Test Committer',
    GIT_COMMITTER_EMAIL: 'committer@example.com',
  };
}

function testFiles(targets: string[]): string[] {
  if (targets.length === 0) return globSync(['src/**/*.test.ts', 'test/**/*.test.ts']).toSorted();
  const missing = targets.find((target) => !existsSync(target));
  if (missing !== undefined) refuse(`npm test: there is no ${missing}`);
  return targets.flatMap((target) =>
    statSync(target).isDirectory() ? globSync(`${target}/**/*.test.ts`).toSorted() : [target],
  );
}

/** Processes that tests left behind, found by the private directory in their environment (Linux only). */
function leftOver(directory: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readProcess(pid, 'environ').includes(directory))
    .map(Number);
}

function readProcess(pid: number | string, what: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended, or is another user's
  }
}

/** False when a test left a process running; what it left is ended here. */
async function cleanUp(directory: string): Promise<boolean> {
  for (let tries = 0; tries < 20 && leftOver(directory).length > 0; tries += 1) await setTimeout(100);
  const pids = leftOver(directory);
  for (const pid of pids) {
    console.error(
      `npm test: a test left a process running: ${pid} ${readProcess(pid, 'cmdline').slice(0, 200)}`,
    );
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  return pids.length === 0;
}

/**
 * Where the tests' files go: TMPDIR where that is set, else into memory where there is room (they take 140 MB), because
 * a third of their time went into waiting for the disk.
 */
function scratchPlace(): string {
  const memory = '/dev/shm';
  if (process.env['TMPDIR']) return tmpdir();
  try {
    const [, , , options = ''] =
      readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' '))
        .find(([, place, type]) => place === memory && type === 'tmpfs') ?? [];
    const { bavail, bsize } = statfsSync(memory);
    const room = Math.min(bavail * bsize, process.availableMemory());
    const fits = room >= 2 ** 30 && /\brw\b/.test(options) && !/\bnoexec\b/.test(options);
    if (fits) return memory;
  } catch {
    // no Linux, or no such place
  }
  return tmpdir();
}

const isOption = (argument: string): boolean => argument.startsWith('-');
const files = testFiles(process.argv.slice(2).filter((argument) => !isOption(argument)));
if (files.length === 0) {
  console.error('npm test: no test files there');
  process.exit(1);
}

const reporter = join(import.meta.dirname, 'brief-reporter.ts');
const brief = process.env['CI'] ? [`--test-reporter=${reporter}`, '--test-reporter-destination=stdout'] : [];
const directory = mkdtempSync(join(scratchPlace(), 'ao-'));
chmodSync(directory, 0o711); // one test goes on as another user, in a folder of its own
const child = spawn(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${availableParallelism() + 1}`,
    '--test-timeout=120000',
    ...brief,
    ...process.argv.slice(2).filter(isOption),
    ...files,
  ],
  { stdio: 'inherit', env: testEnvironment(directory) },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', async (code) => {
  const clean = await cleanUp(directory);
  process.exit(clean ? (code ?? 1) : 1);
});
