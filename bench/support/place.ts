import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, connect, stopDaemon } from '../../src/api/client.ts';
import type { Report, RunView } from '../../src/api/contract/responses.ts';
import { temporaryDirectory, type TestRepository } from '../../test/support/repositories.ts';

/** A daemon with a data directory of its own. */
export interface Place {
  home: string;
  client: Client;
  /** Process id of the daemon. */
  pid: number;
}

/** Gives `use` a daemon of its own, which ends with its agents and leaves nothing behind. */
export async function inPlace<T>(use: (place: Place) => Promise<T>): Promise<T> {
  const home = await temporaryDirectory();
  const env = { ...process.env, AO_HOME: home };
  try {
    const client = await connect({ start: true, env });
    return await use({ home, client, pid: client.health.pid });
  } finally {
    await stopDaemon(env, { agents: true });
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Fields of `/proc/<pid>/stat` behind the name, so that the first is number 3 of its manual page. */
export function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** CPU of the daemon and of every program that it started and that has ended. */
export function cpuSeconds({ pid }: Place): number {
  const ticksPerSecond = 100;
  const used = statFields(pid).slice(11, 15); // utime, stime, cutime, cstime
  return used.reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

export type Flags = Record<string, string | string[]>;

/** Starts a run as `ao fix` does, in a home of `own` or the user's; its id. */
export async function startFix(
  place: Place,
  repository: TestRepository,
  flags: Flags,
  own: { HOME?: string; PATH?: string } = {},
): Promise<string> {
  const { PATH = '/usr/bin:/bin', HOME = '/nonexistent' } = process.env;
  const env = { PATH, HOME, LANG: 'C.UTF-8', ...own };
  const request = { cwd: repository.path, path: repository.path, flags, env, resume: false };
  return (await place.client.fix(request)).run;
}

/** Waits until the picture of a run is as wanted; asks seldom, so that asking costs nothing worth mentioning. */
export async function untilRun(
  place: Place,
  run: string,
  wanted: (view: RunView) => boolean,
): Promise<RunView> {
  const deadline = performance.now() + 600_000; // only so that nothing waits for ever
  for (;;) {
    const view = await place.client.run(run);
    if (wanted(view)) return view;
    if (view.state === 'finished' || performance.now() > deadline) {
      throw new Error(`the run never came to that: ${JSON.stringify(view, null, 1)}`);
    }
    await delay(50);
  }
}

export async function finished(place: Place, run: string): Promise<Report> {
  await untilRun(place, run, ({ state }) => state === 'finished');
  return place.client.report(run);
}
