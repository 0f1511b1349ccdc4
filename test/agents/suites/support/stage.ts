// What a scenario with real clients needs: a red repository, the model server, ao with a daemon of its own, and a home for each client.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Message } from '../../../../src/domain/message.ts';
import type { Report } from '../../../../src/domain/report.ts';
import type { SessionView } from '../../../../src/engine/engine.ts';
import { type CommandLine, type Outcome, openCommandLine } from '../../../scenarios/support/command-line.ts';
import { failingTests, landedCommits, nodeTest } from '../../../scenarios/support/engine.ts';
import { redModules } from '../../../scenarios/support/modules.ts';
import type { Case, Fault, Turn } from '../../../support/model-server/scenario.ts';
import { ModelServer } from '../../../support/model-server/server.ts';
import { saidIn } from '../../../support/outbox.ts';
import { makeRepository, type TestRepository } from '../../../support/repositories.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { type Client, clientNamed, required } from '../../clients/catalogue.ts';
import { findClient } from '../../clients/install.ts';
import { environmentOf, makePlace, type Place, removePlace } from '../../clients/place.ts';
import { profiles } from '../../clients/profiles.ts';
import { loopbackOnly } from '../../isolation.ts';

const chosen = process.env['AO_TEST_AGENTS']?.split(',').map(clientNamed) ?? null;
// In a network of our own loopback is down until somebody brings it up.
if (process.env['AO_TEST_ISOLATED'] === '1') assert.ok(loopbackOnly());

/** A test that needs these clients: not there where they were not chosen, and a failure in CI where one could not be installed. */
export function withClients(
  names: readonly string[],
  sentence: string,
  run: (t: TestContext) => Promise<void>,
): void {
  if (chosen !== null && !names.every((name) => chosen.some((client) => client.name === name))) return;
  const lacking = names.filter((name) => findClient(clientOf(name)) === null);
  const mustBeThere = process.env['CI'] === 'true' && lacking.some((name) => required.includes(name));
  if (lacking.length === 0) test(sentence, run);
  else if (mustBeThere) test(sentence, () => assert.fail(`could not be installed: ${lacking.join(', ')}`));
  else test(`${sentence} (skipped: ${lacking.join(', ')} could not be installed)`, { skip: true }, run);
}

/** In the version that was chosen, else in its newest. */
function clientOf(name: string): Client {
  return chosen?.find((client) => client.name === name) ?? clientNamed(name);
}

export interface Stage {
  server: ModelServer;
  line: CommandLine;
  /** `ao fix` and what follows it, as a user of that client would say it. */
  actor(client: string, names: readonly string[], env?: Record<string, string>): Promise<Actor>;
}

/** One client with a home and a red repository of its own. */
export interface Actor {
  place: Place;
  repository: TestRepository;
  before: string;
  fix(...flags: string[]): Promise<Outcome>;
}

export async function openStage(t: TestContext): Promise<Stage> {
  const server = new ModelServer();
  await server.listen();
  t.after(() => server.close());
  const line = await openCommandLine(t);
  const over = new AbortController();
  t.after(() => over.abort());
  endOf.set(line, over.signal);
  await line.ao(['daemon', 'start']); // of nobody's home: what has one was started for a client
  return {
    server,
    line,
    actor: (client, names, env = {}) => makeActor(t, { server, line, client, names, env }),
  };
}

interface Parts {
  server: ModelServer;
  line: CommandLine;
  client: string;
  names: readonly string[];
  /** Beside what its profile has; an empty value takes a variable away. */
  env: Record<string, string>;
}

async function makeActor(t: TestContext, { server, line, client, names, env }: Parts): Promise<Actor> {
  const known = clientOf(client);
  const installed = findClient(known);
  assert.ok(installed);
  const place = makePlace(known, installed, server.baseUrl(client));
  const repository = await makeRepository({ files: redModules(names) });
  t.after(async () => {
    await repository.remove();
    removePlace(place);
  });
  const own = Object.entries({ ...profiles[client]?.env(place), ...env }).filter(([, value]) => value !== '');
  const flags = [
    '--agent',
    client,
    '--check',
    `test=${nodeTest}`,
    ...own.flatMap(([name]) => ['--env', name]),
  ];
  const fix = (...more: string[]): Promise<Outcome> =>
    line.ao(['fix', repository.path, ...flags, ...more], { env: { ...environmentOf(place), ...env } });
  return { place, repository, before: await repository.head(), fix };
}

/** What an honest model has its client do about one of `redModules`; `first` is changed as wished. */
export function mending(name: string, right: number, first: Partial<Turn> = {}): Case {
  // No command that a client takes for harmless: where it asks, it asks for this one.
  const program = `const f=require("fs"),p="src/${name}.mjs";f.writeFileSync(p,f.readFileSync(p,"utf8").replace("return 0;","return ${right};"))`;
  const command: Turn = { say: `I will mend ${name}.`, run: `node -e '${program}'`, ...first };
  return { when: about(name), turns: [command, { say: `TASK COMPLETE: mended ${name}` }] };
}

/** Stands in the prompt of that module's task and of no other. */
export const about = (name: string): string => `test/${name}.test.mjs`;

export const once = (fault: Fault): Partial<Turn> => ({ faults: [{ times: 1, ...fault }] });

/** Of the test that a command line is for: nothing may go on asking behind it. */
const endOf = new WeakMap<CommandLine, AbortSignal>();

/** Approves what stands in `ao list` until it is told to end; resolves with what was asked. */
export function approving(line: CommandLine): { end(): Promise<string[]> } {
  const asked: string[] = [];
  const over = new AbortController();
  const loop = (async (): Promise<void> => {
    while (!over.signal.aborted && endOf.get(line)?.aborted !== true) {
      for (const { id, asks } of await live(line)) {
        for (const { request, title } of asks) {
          const { code } = await line.ao(['approve', id, '--request', request]);
          if (code === 0) asked.push(title);
        }
      }
      await delay(300, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  return {
    end: async () => {
      over.abort();
      await loop;
      return asked;
    },
  };
}

export async function live(line: CommandLine): Promise<SessionView[]> {
  const { stdout } = await line.ao(['list', '--live', '--json']);
  return stdout === '' ? [] : JSON.parse(stdout);
}

/** Waits for the end of the last run of that repository. */
export async function report(line: CommandLine, { repository }: Actor): Promise<Report> {
  const { stdout, stderr } = await line.ao(['fix', repository.path, '--resume', '--json']);
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

/** How many tests fail at the start and at each first-parent commit after it, by a plain run of each. */
export async function redness({ repository, before }: Actor): Promise<number[]> {
  const counts: number[] = [];
  for (const commit of [before, ...(await landedCommits(repository, before))]) {
    counts.push((await failingTests(repository, commit)).length);
  }
  return counts;
}

/** Ends at green, and no commit is redder than the one before it. */
export function assertEverGreener(counts: readonly number[]): void {
  assert.equal(counts.at(-1), 0, String(counts));
  assert.ok(
    counts.every((count, at) => at === 0 || count < (counts[at - 1] ?? 0)),
    String(counts),
  );
}

/** All that was started for a client has ended. */
export async function assertNothingLeft({ place }: Actor): Promise<void> {
  const left = () => processesWith(place.home);
  await waitFor('the end of all that was started', () => left().length === 0).catch(() => {});
  assert.deepEqual(left(), []);
}

/** Processes that have that text in their environment: everything that was started for a client has its home there. */
export function processesWith(text: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readProcess(pid, 'environ').includes(text))
    .map((pid) => ({
      pid: Number(pid),
      command: basename(readProcess(pid, 'cmdline').split('\0')[0] ?? ''),
    }));
}

function readProcess(pid: string, what: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

/** How often that was said in the conversation that has it, as its model saw it last. */
export function promptsIn({ log }: ModelServer, text: string): number {
  const last = log.asked().findLast(({ body }) => JSON.stringify(body).includes(text));
  return last === undefined ? 0 : JSON.stringify(last.body).split(text).length - 1;
}

/** What the outbox holds of that text. */
export function said({ line }: Stage, text: string): Message[] {
  return saidIn(line.home, text);
}

/** To all processes of a session. */
export function signal(session: string, name: NodeJS.Signals): void {
  for (const { pid } of processesWith(`AO_SESSION_ID=${session}\0`)) process.kill(pid, name);
}
