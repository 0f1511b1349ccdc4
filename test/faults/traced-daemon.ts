import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findDaemon } from '../../src/api/client.ts';
import { waitFor } from '../support/wait-for.ts';
import { calls, type Counts, type Kill } from './kill.ts';
import type { Stage } from './stage.ts';

/** Why daemons cannot be killed at their calls here, or null. */
export function withoutStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is of Linux';
  const tried = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']);
  return tried.status === 0 ? null : 'strace is not installed, or may not trace';
}

export interface TracedDaemon {
  /** Resolves when it has ended. */
  ended: Promise<unknown>;
  hasEnded(): boolean;
  /** So far. */
  count(): Promise<Counts>;
}

/**
 * The real daemon, killed as it comes to `kill`; resolves when it answers or has ended. What it starts is let go of at
 * its exec, so that git and agents are never hit, and run at their own speed.
 */
export async function startTracedDaemon(stage: Stage, kill: Kill | null): Promise<TracedDaemon> {
  const log = path.join(stage.scratch, 'calls');
  const traced = kill === null ? calls.join() : kill.call;
  const injection = kill === null ? [] : ['-e', `inject=${traced}:signal=KILL:when=${kill.at}`];
  const tracing = ['-f', '-b', 'execve', '-qq', '-o', log, '-e', `trace=${traced}`, '-e', 'signal=none'];
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
  await waitFor('the traced daemon', async () => hasEnded() || (await findDaemon(stage.env)), 30_000);
  return { ended, hasEnded, count: async () => busiest(await readFile(log, 'utf8')) };
}

function busiest(log: string): Counts {
  const most = Object.fromEntries(calls.map((call) => [call, 0])) as Counts;
  const threads = new Map<string, number>();
  for (const [, thread = '', name = ''] of log.matchAll(/^(\d+) +([a-z0-9]+)\(/gm)) {
    const call = calls.find((one) => one === name);
    if (call === undefined) continue;
    const count = (threads.get(`${thread} ${call}`) ?? 0) + 1;
    threads.set(`${thread} ${call}`, count);
    most[call] = Math.max(most[call], count);
  }
  return most;
}
