import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonInfo } from '../api/client/daemon-info.ts';
import type { Health, ShutdownDone } from '../api/contract/responses.ts';
import { makeApi } from '../api/server.ts';
import type { Engine } from '../engine/engine.ts';
import type { HomePaths } from '../lib/ao-home.ts';
import { writeFileAtomic } from '../lib/atomic-file.ts';
import { codeId } from '../lib/code-id.ts';
import type { Log } from '../lib/log-file.ts';
import { packageVersion } from '../lib/package-version.ts';
import { readStartTime } from '../lib/process-table.ts';
import { composeEngine } from './compose.ts';
import { type Listening, listen } from './listen.ts';
import type { Lock } from './lock.ts';
import { resolveFix } from './resolve-fix.ts';

export interface Daemon {
  paths: HomePaths;
  log: Log;
  lock: Lock;
}

const watchMs = 2000;
/** For letting go of the engine, where no agent has to be ended. */
const letGoMs = 15_000;

/** Resolves when the daemon answers. It then runs until it is asked to stop, by a request or a signal. */
export async function serve(daemon: Daemon): Promise<void> {
  const { paths, log } = daemon;
  const health = whoWeAre(paths);
  const engine = await composeEngine({ home: paths.home, log });
  const stopping = new AbortController();
  const state: { listening: Listening | null; endsAgents: boolean } = { listening: null, endsAgents: false };

  const shutdown = async ({ agents }: { agents: boolean }): Promise<ShutdownDone> => {
    stopping.abort();
    state.endsAgents = agents;
    log('daemon.stopping', { pid: process.pid, agents });
    try {
      const live = agents ? 0 : (await engine.live()).length;
      await letGo(engine, agents);
      return { live };
    } finally {
      setImmediate(() => void leave(daemon, state.listening));
    }
  };

  const api = makeApi({
    engine,
    health,
    resolveFix: (body) => resolveFix(body, paths.home),
    shutdown,
    stopping: stopping.signal,
    log,
  });
  state.listening = await listen(api, paths.home);
  await writeInfo(paths, health, state.listening.socket);
  const stop = (reason: string): void => {
    log('daemon.asked_to_stop', { reason });
    // Ending agents may take for ever (a full disk takes nothing that is to be saved); who asks again wants no more of it.
    if (state.endsAgents) return void leave(daemon, state.listening);
    if (stopping.signal.aborted) return;
    shutdown({ agents: false }).catch((error: unknown) => log('daemon.stop_failed', { error }));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  setInterval(() => {
    if (stopping.signal.aborted) return;
    if (!daemon.lock.stillOurs()) stop('the data directory was removed');
    else if (state.listening?.stillThere() === false) stop('the socket was removed');
  }, watchMs);
  log('daemon.ready', { pid: health.pid, version: health.version, socket: state.listening.socket });
}

function whoWeAre({ home }: HomePaths): Health {
  const startedAt = new Date().toISOString();
  return { pid: process.pid, version: packageVersion(), codeId: codeId(), startedAt, home };
}

async function writeInfo(paths: HomePaths, health: Health, socket: string): Promise<void> {
  const { pid, version, codeId: code, startedAt } = health;
  const startTime = await readStartTime(pid);
  const info: DaemonInfo = { pid, startTime: startTime ?? '', version, codeId: code, startedAt, socket };
  await writeFileAtomic(paths.info, `${JSON.stringify(info, null, 2)}\n`);
}

/** Ending agents takes as long as saving their work takes; without that it is quick, or something hangs. */
async function letGo(engine: Engine, stopAgents: boolean): Promise<void> {
  const done = engine.shutdown({ stopAgents });
  if (stopAgents) return done;
  const late = new AbortController();
  await Promise.race([done, delay(letGoMs, undefined, { signal: late.signal }).catch(() => {})]);
  late.abort();
}

async function leave({ paths, lock, log }: Daemon, listening: Listening | null): Promise<void> {
  if (lock.stillOurs()) rmSync(paths.info, { force: true });
  await listening?.close();
  log('daemon.stopped', { pid: process.pid });
  lock.release();
  process.exit(0);
}
