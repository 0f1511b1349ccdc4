import { spawn } from 'node:child_process';
import path from 'node:path';
import { findDaemon } from '../../src/api/client.ts';
import { Random } from '../simulation/random.ts';
import { waitFor } from '../support/wait-for.ts';
import { violations } from './rules.ts';
import { makeStage, type Stage } from './stage.ts';
import type { Version } from './version.ts';

/** What a disk may refuse: the database's writes and syncs, or making, moving and removing files. */
export const refusable = {
  rows: 'pwrite64,fdatasync,fsync,ftruncate',
  files: 'rename,renameat,renameat2,unlink,unlinkat,mkdir,rmdir,link,symlink',
} as const;

/** Of each thread's calls of one name, those from the `from`-th on fail, `count` of them. */
export interface DiskFault {
  kind: keyof typeof refusable;
  error: 'EIO' | 'ENOSPC';
  from: number;
  count: number;
}

const flags = ['--agent', 'scripted', '--group', 'finding', '--check', 'test=sh check.sh'];

/** The faults of a whole run, from a seed: every kind, alone and in spells. */
export function faultOf(seed: number): DiskFault {
  const random = new Random(seed);
  const kind = random.pick<DiskFault['kind']>(['rows', 'files']);
  const from = random.between(1, kind === 'rows' ? 220 : 40);
  return { kind, error: random.pick(['EIO', 'ENOSPC']), from, count: random.pick([1, 1, 3]) };
}

export function describeFault({ kind, error, from, count }: DiskFault): string {
  return `${kind}:${error}:${from}:${count}`;
}

/** One run on a disk that fails for a while: it has to end green under the same daemon, with nothing lost. */
export async function runWithFault(version: Version, fault: DiskFault): Promise<string[]> {
  const stage = await makeStage(version);
  try {
    const daemon = await startDaemonWith(stage, fault);
    const started = !daemon.hasEnded(); // else the next command starts one, on a disk that is well by then
    const asked = await stage.ao('fix', stage.repository.path, ...flags, '--detach');
    // Where the fault hits the request itself, the request is refused, and made again.
    if (asked.code !== 0 && asked.code !== 4) return [`the request failed otherwise: ${asked.stderr}`];
    if (asked.code === 4) await waitFor('a disk that is well', () => isTaken(stage), 30_000);
    const end = await stage.ao('fix', stage.repository.path, '--resume', '--json');
    if (end.code !== 0) return [`the run did not end green: ${end.stdout}${end.stderr}`];
    const died = started && daemon.hasEnded() ? ['the daemon died of the fault'] : [];
    await stage.ao('daemon', 'stop'); // what is left of the fault would hit the commands that judge
    return [...died, ...(await violations(stage))];
  } finally {
    await stage.remove();
  }
}

async function isTaken(stage: Stage): Promise<boolean> {
  return (await stage.ao('fix', stage.repository.path, ...flags, '--detach')).code === 0;
}

/** The real daemon; git, agents and checks are let go of at their exec and never meet the fault. */
async function startDaemonWith(stage: Stage, fault: DiskFault): Promise<{ hasEnded(): boolean }> {
  const { kind, error, from, count } = fault;
  const when = `${from}..${from + count - 1}`;
  const tracing = ['-f', '-b', 'execve', '-qq', '-o', path.join(stage.scratch, 'calls'), '-e', 'signal=none'];
  const injection = `inject=${refusable[kind]}:error=${error}:when=${when}`;
  const main = path.join(stage.version.root, 'src/daemon/main.ts');
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', main];
  const child = spawn('strace', [...tracing, '-e', `trace=${refusable[kind]}`, '-e', injection, ...program], {
    cwd: '/',
    env: stage.env,
    detached: true,
    stdio: 'ignore',
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await waitFor('the daemon on a bad disk', async () => hasEnded() || (await findDaemon(stage.env)), 30_000);
  return { hasEnded };
}
