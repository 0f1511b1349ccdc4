import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '../support/wait-for.ts';
import type { Stage } from './stage.ts';

/** What may change something outside the daemon's memory: writes of the database and of files, and starts of programs. */
const calls =
  'pwrite64,fdatasync,fsync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,link,clone,clone3,fork,vfork';

/** Why daemons cannot be killed at their writes here, or null. */
export function withoutStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is of Linux';
  const tried = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']);
  return tried.status === 0 ? null : 'strace is not installed, or may not trace';
}

export interface TracedDaemon {
  /** Resolves when it has ended. */
  ended: Promise<unknown>;
  hasEnded(): boolean;
  /** Of its busiest thread, the one that has the database: calls so far. */
  count(): Promise<number>;
}

/**
 * The real daemon, killed as a thread of it enters its `at`-th call; resolves when it answers or has ended. What it starts
 * is let go of at its exec, so that git and agents are never hit, and run at their own speed.
 */
export async function startTracedDaemon(stage: Stage, at: number | null): Promise<TracedDaemon> {
  const log = path.join(stage.scratch, 'calls');
  const injection = at === null ? [] : ['-e', `inject=${calls}:signal=KILL:when=${at}`];
  const tracing = ['-f', '-b', 'execve', '-qq', '-o', log, '-e', `trace=${calls}`, '-e', 'signal=none'];
  const main = path.join(stage.version.root, 'src/daemon/main.ts');
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', main];
  const child = spawn('strace', [...tracing, ...injection, ...program], {
    cwd: '/',
    env: stage.env,
    detached: true,
    stdio: 'ignore',
  });
  const ended = once(child, 'close');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const info = path.join(stage.home, 'daemon.json');
  await waitFor('the traced daemon', () => hasEnded() || existsSync(info), 30_000);
  return { ended, hasEnded, count: async () => busiest(await readFile(log, 'utf8')) };
}

function busiest(log: string): number {
  const counts = new Map<string, number>();
  for (const [, thread = ''] of log.matchAll(/^(\d+) +[a-z0-9]+\(/gm)) {
    counts.set(thread, (counts.get(thread) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
