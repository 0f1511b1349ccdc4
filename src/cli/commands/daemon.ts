import type { Command } from 'commander';
import { connect, findDaemon, stopDaemon } from '../../api/client.ts';
import { AoError } from '../../api/contract/errors.ts';
import type { Health } from '../../api/contract/responses.ts';
import type { Define } from '../command.ts';
import { printJson, printLine } from '../output/style.ts';

interface Options {
  json?: boolean;
  agents?: boolean;
}

export const define: Define = (command) => {
  const add = (name: string, summary: string): Command =>
    command.command(name).description(summary).option('--json', 'one JSON document on stdout');
  add('start', 'start it, unless it runs').action(start);
  add('stop', 'stop it; agents go on')
    .option('--agents', 'end the agents too, gracefully, with their work saved')
    .action(stop);
  add('restart', 'stop and start it; agents go on').action(restart);
  add('status', 'show it; exit code 4 when it does not run').action(status);
};

async function start({ json }: Options): Promise<void> {
  const { health, socket } = await connect({ start: true });
  show(describe(health, socket), `the daemon runs as process ${health.pid}`, json);
}

async function stop({ json, agents = false }: Options): Promise<void> {
  if (agents) await connect({ start: true }); // agents may go on without a daemon: only one that runs can end them
  const left = await stopDaemon(process.env, { agents });
  if (left === null) return show({ stopped: false, agents: null }, 'the daemon does not run', json);
  show({ stopped: true, agents: left.live }, stopped(left.live), json);
}

/** `live`: agents that go on; null where nobody could say. */
function stopped(live: number | null): string {
  if (live === null) return 'the daemon has stopped; agents that were at work go on';
  if (live === 0) return 'the daemon has stopped; no agent is running';
  const who = live === 1 ? 'one agent goes' : `${live} agents go`;
  return `the daemon has stopped; ${who} on working. To end them, with their work saved: ao daemon stop --agents`;
}

async function restart({ json }: Options): Promise<void> {
  await stopDaemon(process.env, { agents: false });
  await start(json === undefined ? {} : { json });
}

async function status({ json }: Options): Promise<void> {
  const found = await findDaemon(process.env);
  if (found === null) throw new AoError('daemon', 'the daemon is not running', 'Start it: ao daemon start');
  const { pid, version, startedAt } = found.health;
  show(
    describe(found.health, found.socket),
    `running as process ${pid}, version ${version}, since ${startedAt}`,
    json,
  );
}

function describe({ pid, version, startedAt }: Health, socket: string): object {
  return { pid, version, startedAt, socket };
}

function show(document: object, text: string, json: boolean | undefined): void {
  if (json === true) printJson(document);
  else printLine(text);
}
