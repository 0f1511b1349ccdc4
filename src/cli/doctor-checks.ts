import { execFile } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Client, connect, findDaemon } from '../api/client.ts';
import { readDaemonInfo } from '../api/client/daemon-info.ts';
import { AoError } from '../api/contract/errors.ts';
import { readProgramVariables } from '../config/program-variables.ts';
import { findConfig, readConfig } from '../config/read-config.ts';
import { type HomePaths, homePaths } from '../lib/ao-home.ts';
import { codeId, isNewer } from '../lib/code-id.ts';
import { networkFilesystem } from '../lib/network-filesystem.ts';
import { enterPidNamespace } from '../lib/pid-namespace.ts';
import { currentFolder } from './current-folder.ts';
import { leftByInstalls, root } from './interrupted-installs.ts';

export interface Finding {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  message: string;
  /** What to do, null where there is nothing to do. */
  hint: string | null;
  /** What `--fix` did, null where it did nothing. */
  mended: string | null;
}

interface Outcome extends Omit<Finding, 'name' | 'mended'> {
  /** Only what takes nothing away from anybody; says what it did. */
  mend?: () => Promise<string> | string;
}

type Check = () => Promise<Outcome> | Outcome;

const run = promisify(execFile);
const paths = (): HomePaths => homePaths(process.env);

/** What ao needs of this machine, in the order in which it would be missed. */
const checks: Record<string, Check> = {
  node: checkNode,
  git: checkGit,
  tmux: checkTmux,
  data: checkData,
  space: checkSpace,
  config: checkConfig,
  daemon: checkDaemon,
  runs: checkRuns,
  accounts: checkAccounts,
  install: checkInstall,
  bwrap: checkIsolation,
};

export async function runChecks({ fix }: { fix: boolean }): Promise<Finding[]> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({ name, check, outcome: await attempt(check) })),
  );
  const findings: Finding[] = [];
  for (const { name, check, outcome } of found) {
    const { mend, ...told } = outcome;
    if (!fix || mend === undefined) findings.push({ name, ...told, mended: null });
    else findings.push({ name, ...(await attemptMending(check, mend)) });
  }
  return findings;
}

/** A check that breaks is a finding too. */
async function attempt(check: Check): Promise<Outcome> {
  try {
    return await check();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail(message, error instanceof AoError ? error.hint : null);
  }
}

/** What the check says afterwards decides, not what was meant to be done. */
async function attemptMending(
  check: Check,
  mend: () => Promise<string> | string,
): Promise<Omit<Finding, 'name'>> {
  let mended: string | null = null;
  const outcome = await attempt(async () => {
    mended = await mend();
    return check();
  });
  const { status, message, hint } = outcome;
  return { status, message, hint, mended };
}

function ok(message: string): Outcome {
  return { status: 'ok', message, hint: null };
}

function warn(message: string, hint: string | null): Outcome {
  return { status: 'warn', message, hint };
}

function fail(message: string, hint: string | null): Outcome {
  return { status: 'fail', message, hint };
}

/** True where `version` (`2.39.5`, `git version 2.39.5`) is at least `wanted`. */
function atLeast(version: string, wanted: readonly [number, number]): boolean {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const difference = Number(major) - wanted[0];
  return difference > 0 || (difference === 0 && Number(minor) >= wanted[1]);
}

function checkNode(): Outcome {
  const { node } = process.versions;
  return atLeast(node, [22, 18])
    ? ok(`Node ${node}`)
    : fail(`Node ${node} is too old`, 'Install Node 22.18 or newer.');
}

async function checkGit(): Promise<Outcome> {
  const hint = 'Install git 2.38 or newer: https://git-scm.com';
  const found = await run('git', ['--version']).catch(() => null);
  if (found === null) return fail('git is not on the PATH', hint);
  const version = found.stdout.trim();
  return atLeast(version, [2, 38]) ? ok(version) : fail(`${version} is too old: it cannot merge trees`, hint);
}

async function checkTmux(): Promise<Outcome> {
  const found = await run('tmux', ['-V']).catch(() => null);
  if (found !== null) return ok(found.stdout.trim());
  const hint = 'Install tmux (apt install tmux, brew install tmux), or unset AO_RUNTIME.';
  if (process.env['AO_RUNTIME'] === 'tmux') return fail('AO_RUNTIME is tmux, which is not installed', hint);
  return ok('tmux is not installed; only ao fix --runtime tmux needs it');
}

/** Agents work without a namespace, too; one that means harm to other processes, or leaves some, is held by it alone. */
async function checkIsolation(): Promise<Outcome> {
  try {
    await enterPidNamespace(process.env['PATH'] ?? '');
    return ok('each agent has a pid namespace of its own, by bubblewrap');
  } catch (error) {
    return ok(`agents run among all processes: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkData(): Outcome {
  const { home } = paths();
  const hint = 'Set AO_HOME to a directory of yours that is writable.';
  const there = nearestThere(home);
  try {
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return fail(`${home} is not writable: ${error instanceof Error ? error.message : String(error)}`, hint);
  }
  const network = networkFilesystem(statfsSync(there).type);
  if (network !== null) return fail(`${home} is on ${network}, where databases get damaged`, hint);
  if (there !== home) return ok(`${home}, which will be made`);
  if ((statSync(home).mode & 0o077) === 0) return ok(home);
  const found = warn(`other users may look into ${home}`, `Close it: chmod 700 ${home}`);
  return isOurs(home) ? { ...found, mend: () => close(home) } : found;
}

/** AO_HOME may be a mistake: a directory of something else keeps its mode. */
function isOurs(home: string): boolean {
  const names = readdirSync(home);
  const own = names.length === 0 || names.some((name) => name === 'ao.db' || name === 'daemon.lock');
  return own && statSync(home).uid === process.getuid?.();
}

function close(home: string): string {
  chmodSync(home, 0o700);
  return `closed ${home} to other users`;
}

/** `path`, or the folder that it will be made in. */
function nearestThere(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestThere(dirname(path));
}

function checkSpace(): Outcome {
  const { home } = paths();
  const { bavail, bsize } = statfsSync(nearestThere(home));
  const free = bavail * bsize;
  const message = `${(free / 1e9).toFixed(1)} GB free in ${home}`;
  if (free < readProgramVariables(process.env).diskReserveBytes) {
    const hint = 'Free disk space, or set AO_DISK_RESERVE lower; "ao clean" removes what old runs left.';
    return fail(`${message}: no new work begins`, hint);
  }
  return free < 2e9
    ? warn(message, 'Checkouts and logs need room; "ao clean" removes what old runs left.')
    : ok(message);
}

function checkConfig(): Outcome {
  readProgramVariables(process.env);
  const path = findConfig(currentFolder(), process.env['AO_CONFIG'], paths().home);
  if (path === null) return ok('no agent-orchestrator.yaml; that is fine');
  readConfig(path);
  return ok(path);
}

async function checkDaemon(): Promise<Outcome> {
  const found = await findDaemon(process.env);
  const info = readDaemonInfo(paths());
  if (found === null && info === null) return ok('not running; the first command that needs it starts it');
  if (found === null) {
    const hint =
      'The next command starts another, which finds its agents again and tidies up: ao doctor --fix';
    return {
      ...warn(`process ${info?.pid} is gone or silent, without having stopped`, hint),
      mend: startAnother,
    };
  }
  const { pid, version, codeId: theirs } = found.health;
  if (!isNewer(codeId(), theirs)) return ok(`process ${pid}, version ${version}`);
  const older = warn(
    `process ${pid} runs older code`,
    'The next command replaces it; or now: ao daemon restart',
  );
  return { ...older, mend: startAnother };
}

/** As every command does that needs the daemon. Its start removes checkouts of one that died, with their processes. */
async function startAnother(): Promise<string> {
  const { health } = await connect({ start: true });
  return `started process ${health.pid}; agents go on`;
}

async function checkRuns(): Promise<Outcome> {
  const found = await findDaemon(process.env);
  if (found === null) return ok('nobody runs them while the daemon does not run');
  const going = (await new Client(found, process.env).runs()).filter(({ endedAt }) => endedAt === null);
  const lost = going.filter(({ path }) => !existsSync(path));
  if (lost.length > 0) {
    const ids = lost.map(({ id }) => id).join(', ');
    return warn(`the repository of ${ids} is gone`, 'Stop what has lost its repository, or put it back.');
  }
  return ok(going.length === 1 ? 'one is under way' : `${going.length} are under way`);
}

/** What stands in a person's account for one session alone goes with that; another client may have written it back. */
async function checkAccounts(): Promise<Outcome> {
  const found = await findDaemon(process.env);
  if (found === null) return ok('the daemon, which knows of entries in them, does not run');
  const client = new Client(found, process.env);
  const entries = await client.accountEntries(false);
  const left = entries.filter(({ isNeeded }) => !isNeeded);
  if (entries.length === 0) return ok('they hold nothing of ours');
  if (left.length === 0) return ok(`they hold what agents at work need: ${where(entries)}`);
  const mend = async (): Promise<string> => {
    const still = (await client.accountEntries(true)).filter(({ isNeeded }) => !isNeeded);
    return `removed ${left.length - still.length}`;
  };
  return {
    ...warn(`they hold entries of sessions that have ended: ${where(left)}`, 'Remove them: ao doctor --fix'),
    mend,
  };
}

function where(entries: readonly { file: string; workspace: string }[]): string {
  return entries.map(({ file, workspace }) => `${workspace} in ${file}`).join(', ');
}

/** Folders of installs that were killed, about 130 MB each. */
function checkInstall(): Outcome {
  const left = leftByInstalls();
  if (left.length === 0) return ok('nothing is left of an interrupted install');
  const names = left.map((path) => path.slice(root.length + 1)).join(', ');
  const mend = (): string => {
    for (const path of left) rmSync(path, { recursive: true, force: true });
    return `removed ${names}`;
  };
  return { ...warn(`an interrupted install left ${names} in ${root}`, 'Remove it: ao doctor --fix'), mend };
}
