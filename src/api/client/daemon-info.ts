import { readFileSync } from 'node:fs';
import type { HomePaths } from '../../lib/ao-home.ts';
import { readStartTime } from '../../lib/process-table.ts';
import type { Health } from '../contract/responses.ts';
import { ask } from './http.ts';

/** `daemon.json`: who was the daemon when it was written. Only an answer on the socket says that it still is. */
export interface DaemonInfo {
  pid: number;
  /** Of the kernel, so that a reused pid is not taken for the daemon. */
  startTime: string;
  version: string;
  codeId: string;
  startedAt: string;
  socket: string;
}

/** A busy machine may take this long; nobody listens on a dead daemon's socket, which is known at once. */
const patienceMs = 10_000;

export function readDaemonInfo(paths: HomePaths): DaemonInfo | null {
  try {
    const info = JSON.parse(readFileSync(paths.info, 'utf8')) as Partial<DaemonInfo>;
    const { pid, startTime, version, codeId, startedAt, socket } = info;
    if (typeof pid !== 'number' || typeof socket !== 'string' || typeof startTime !== 'string') return null;
    return {
      pid,
      startTime,
      version: version ?? '',
      codeId: codeId ?? '',
      startedAt: startedAt ?? '',
      socket,
    };
  } catch {
    return null;
  }
}

/**
 * What the daemon of this data directory says of itself; null where none answers, or somebody else does. Its process is not
 * looked for: an agent in a pid namespace does not see it.
 */
export async function probe(paths: HomePaths, info: DaemonInfo | null): Promise<Health | null> {
  if (info === null) return null;
  try {
    const call = { method: 'GET', path: '/health', signal: AbortSignal.timeout(patienceMs) } as const;
    const health = JSON.parse(await ask(info.socket, call)) as Health;
    return health.pid === info.pid && health.home === paths.home ? health : null;
  } catch {
    return null;
  }
}

/** True while the process that wrote `daemon.json` lives. */
export async function isAlive(info: DaemonInfo): Promise<boolean> {
  return (await readStartTime(info.pid)) === info.startTime;
}
