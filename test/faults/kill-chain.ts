import { Client, findDaemon } from '../../src/api/client.ts';
import { readStream } from '../../src/api/client/events.ts';
import { Unreachable } from '../../src/api/client/http.ts';
import { AoError } from '../../src/domain/errors.ts';
import type { RunView } from '../../src/engine/engine.ts';
import type { Counts, Kill } from './kill.ts';
import { violations } from './rules.ts';
import { fixFlags, makeStage, type Stage } from './stage.ts';
import { startTracedDaemon } from './traced-daemon.ts';
import type { Version } from './version.ts';

export interface Chain {
  /** The deaths that happened: fewer than asked for where the run ended before. */
  killed: Kill[];
  /** What each daemon found the run at, the first one and the one that nobody killed too. */
  found: string[];
  /** From the start of a command until it had brought a daemon back. */
  readyMs: number;
  violations: string[];
}

const patienceMs = 60_000;

/** How many calls a whole run makes, nobody killed. */
export async function countCalls(version: Version): Promise<Counts> {
  const stage = await makeStage(version);
  try {
    const daemon = await startTracedDaemon(stage, null);
    if (!(await workOn(stage, []))) throw new Error('the daemon ended and nobody killed it');
    return await daemon.count();
  } finally {
    await stage.remove();
  }
}

/**
 * One run whose daemons die in turn, each at its own call; a command then starts one that nobody kills, and the run is
 * judged at its end.
 */
export async function killInTurn(version: Version, kills: readonly Kill[]): Promise<Chain> {
  const stage = await makeStage(version);
  const chain: Chain = { killed: [], found: [], readyMs: 0, violations: [] };
  try {
    for (const kill of kills) {
      const daemon = await startTracedDaemon(stage, kill);
      const over = await workOn(stage, chain.found);
      if (over) await stage.ao('daemon', 'stop'); // it would die of what comes now
      await daemon.ended;
      if (over) break;
      chain.killed.push(kill);
    }
    chain.readyMs = await timeToReady(stage);
    await workOn(stage, chain.found);
    chain.violations = await violations(stage);
  } catch (error) {
    chain.violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await stage.remove();
  }
  return chain;
}

/** Asks for the run where nothing knows of it, and follows it: true at its end, false where the daemon went away before. */
async function workOn(stage: Stage, found: string[]): Promise<boolean> {
  const connection = await findDaemon(stage.env);
  if (connection === null) return false;
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const client = new Client(connection, stage.env);
    const [known] = await client.runs();
    found.push(whereIs(known));
    const run = known?.id ?? (await client.fix({ ...wish(stage), resume: false })).run;
    for await (const { message } of readStream(connection.socket, { run, after: null, signal })) {
      if (message.kind === 'run' && message.run.state === 'finished') return true;
    }
    return false;
  } catch (error) {
    if (signal.aborted) throw new Error(`the run came to no end in ${patienceMs / 1000} s`, { cause: error });
    const away = error instanceof Unreachable || (error instanceof AoError && error.code === 'daemon');
    if (!away) throw error;
    return false;
  }
}

function wish({ scratch, repository, env }: Stage) {
  return { cwd: scratch, path: repository.path, flags: fixFlags, env };
}

/** How far the run is, by the task that is furthest from its end. */
function whereIs(run: RunView | undefined): string {
  if (run === undefined) return 'no run';
  if (run.tasks.length === 0) return 'no tasks';
  const phases = new Set(run.tasks.map(({ phase }) => phase));
  return run.state === 'finished' ? 'finished' : [...phases].toSorted().join('+');
}

async function timeToReady(stage: Stage): Promise<number> {
  const from = performance.now();
  const { code, stderr } = await stage.ao('daemon', 'start');
  if (code !== 0) throw new Error(`no daemon comes back: ${stderr}`);
  return performance.now() - from;
}
