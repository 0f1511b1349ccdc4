import { setTimeout as delay } from 'node:timers/promises';
import { AoError } from '../../domain/errors.ts';
import { type HomePaths, homePaths } from '../../lib/ao-home.ts';
import { codeId, isNewer } from '../../lib/code-id.ts';
import type { Health } from '../contract/responses.ts';
import { type DaemonInfo, isAlive, probe, readDaemonInfo } from './daemon-info.ts';
import { ask, Unreachable, wentAway } from './http.ts';
import { startDaemon } from './start-daemon.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Connection {
  socket: string;
  health: Health;
}

const startPatienceMs = 15_000;
const stopPatienceMs = 20_000;

/** The daemon that answers now, or null. */
export async function findDaemon(env: Environment): Promise<Connection | null> {
  const paths = homePaths(env);
  const info = readDaemonInfo(paths);
  const health = await probe(paths, info);
  return health === null || info === null ? null : { socket: info.socket, health };
}

/**
 * Finds the daemon, starts one where none answers, and replaces one whose code is older than ours (agents go on). Many
 * may do so at once: one daemon comes out of it.
 */
export async function reachDaemon(env: Environment): Promise<Connection> {
  const deadline = performance.now() + startPatienceMs;
  const paths = homePaths(env);
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    const found = await findDaemon(env);
    if (found !== null && !isNewer(codeId(), found.health.codeId)) return found;
    if (found !== null) await stopDaemon(env, { agents: false });
    const outcome = await startDaemon(paths, env);
    if (outcome === 'ready') continue;
    // Another one is starting or stopping. Whichever it is, it is over soon.
    if (performance.now() > deadline) throw silent(paths, readDaemonInfo(paths));
    await delay(pauseMs);
  }
}

/**
 * Ends the daemon and resolves when its process is gone; with the number of agents that go on (null where nobody could say), or
 * null where there was no daemon. One that does not answer is asked by a signal.
 */
export async function stopDaemon(
  env: Environment,
  options: { agents: boolean },
): Promise<{ live: number | null } | null> {
  const paths = homePaths(env);
  const info = readDaemonInfo(paths);
  if (info === null || !(await isAlive(info))) return null;
  const answered = await probe(paths, info);
  const live = answered === null ? signalToStop(info) : await askToStop(info, options);
  const deadline = performance.now() + stopPatienceMs;
  while (await isAlive(info)) {
    if (performance.now() > deadline) throw silent(paths, info);
    await delay(20);
  }
  return { live };
}

function signalToStop({ pid }: DaemonInfo): null {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // else it has just ended
  }
  return null;
}

/** Somebody else may have been quicker: then it goes already, and agents go on. */
async function askToStop(info: DaemonInfo, body: { agents: boolean }): Promise<number | null> {
  try {
    const answer = await ask(info.socket, { method: 'POST', path: '/shutdown', body });
    return Number((JSON.parse(answer) as { live?: number }).live ?? 0);
  } catch (error) {
    const isGoing = error instanceof Unreachable || (error instanceof AoError && error.code === 'daemon');
    if (isGoing && !body.agents) return null;
    throw error instanceof Unreachable ? wentAway(error) : error;
  }
}

function silent(paths: HomePaths, info: DaemonInfo | null): AoError {
  const who = info === null ? 'a daemon' : `the daemon (process ${info.pid})`;
  return new AoError(
    'daemon',
    `${who} has ${paths.home} but does not answer`,
    info === null
      ? `See the end of ${paths.log}.`
      : `See the end of ${paths.log}. "kill -9 ${info.pid}" ends it; agents go on, and the next command starts a new one.`,
  );
}
