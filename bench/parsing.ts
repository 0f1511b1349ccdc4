// npm run bench -- parsing: reading what real agents said, ÷ `JSON.parse` of the same lines, by turns in one process.
import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findAgent } from '../src/adapters/registry.ts';
import { sessionLogs } from '../src/adapters/session-logs.ts';
import { Hearing } from '../src/engine/hearing.ts';
import { Live } from '../src/engine/live.ts';
import { Redactor } from '../src/lib/redact.ts';
import { clients } from '../test/agents/clients/catalogue.ts';
import { recordedOutput } from '../test/support/recorded-output.ts';
import { temporaryDirectory } from '../test/support/repositories.ts';
import { runRow, sessionRow } from '../test/support/rows.ts';
import { type Figure, median, report } from './support/figures.ts';

/** Every client that was recorded, with the adapter that reads it. */
const adapters: Record<string, string> = Object.fromEntries(
  clients.map(({ name }) => [name, name === 'claude-agent-acp' ? 'acp' : name]),
);
const fixtures = path.join(import.meta.dirname, '../test/agents/fixtures');
/** Short enough that what disturbs the machine disturbs all that is compared in one round. */
const leastBytes = 2_000_000;
/** As a runtime's `follow` gives them. */
const pieceBytes = 16 * 1024;
const rounds = 25;
/** What runs for the first time is not compiled yet. */
const warming = 5;

interface Stream {
  bytes: number;
  pieces: Uint8Array[];
  /** Those that are JSON; with the other ones nothing can be compared. */
  lines: string[];
}

/** All that was recorded of a client, standard error included, one recording behind the other, again and again. */
function streamOf(client: string): Stream {
  const files = globSync(`${client}/*/*.jsonl`, { cwd: fixtures }).toSorted();
  const once = files.map((file) => recordedOutput(file.slice(0, -'.jsonl'.length))).join('');
  const text = once.repeat(Math.ceil(leastBytes / Buffer.byteLength(once)));
  const bytes = Buffer.from(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return { bytes: bytes.length, pieces, lines: text.split('\n').filter((line) => line.startsWith('{')) };
}

function parseAll({ lines }: Stream): number {
  let objects = 0;
  for (const line of lines) if (JSON.parse(line) !== null) objects += 1;
  return objects;
}

/** The adapter alone. */
function interpretAll(name: string, { pieces }: Stream): number {
  const agent = findAgent(name);
  const decoder = new TextDecoder();
  let { state } = agent.begin({ workspace: '/home/user/project', model: null, permissions: 'ask' });
  let seen = 0;
  for (const piece of pieces) {
    const step = agent.interpret(decoder.decode(piece, { stream: true }), state);
    state = step.state;
    seen += step.observations.length;
  }
  return seen;
}

/** With all that the daemon does with it: facts, secrets taken out, the readable log written. */
function hearAll(agent: string, { pieces }: Stream, dir: string): number {
  const redactor = new Redactor(['a-secret-value-of-20', 'another-one-of-twenty']);
  const { options } = runRow('run');
  const context = { findAgent, options, redactor, sessionLogs, env: {}, live: new Live(() => {}) };
  const hearing = new Hearing(context, sessionRow('task', { agent, dir }));
  for (const piece of pieces) hearing.hear(piece, 1);
  hearing.hear(null, 1);
  return hearing.facts.heardAt ?? 0;
}

/** Of CPU, that of tidying up behind it included: on a machine that others use too, time by the clock says little. */
function seconds(work: () => number): number {
  const before = process.cpuUsage();
  if (work() === 0) throw new Error('nothing was read');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function figuresOf(client: string, name: string): Promise<Figure[]> {
  const stream = streamOf(client);
  const times: { plain: number; adapter: number; hearing: number }[] = [];
  for (let round = -warming; round < rounds; round += 1) {
    const dir = await temporaryDirectory();
    const plain = seconds(() => parseAll(stream));
    const adapter = seconds(() => interpretAll(name, stream));
    const hearing = seconds(() => hearAll(name, stream, dir));
    await rm(dir, { recursive: true });
    if (round >= 0) times.push({ plain, adapter, hearing });
  }
  const figure = (what: string, key: 'adapter' | 'hearing'): Figure => {
    const speed = stream.bytes / 1e6 / median(times.map((time) => time[key]));
    const made = `${speed.toFixed(0)} MB a second of CPU, ${rounds} times ${(stream.bytes / 1e6).toFixed(0)} MB`;
    return { what, value: median(times.map((time) => time.plain / time[key])), made };
  };
  return [
    { ...figure(`${client}: throughput ÷ JSON.parse of the same lines`, 'adapter'), least: 0.4 },
    figure(`${client}: the same, with all that the daemon does with it`, 'hearing'),
  ];
}

const figures: Figure[] = [];
for (const [client, name] of Object.entries(adapters)) figures.push(...(await figuresOf(client, name)));
report(figures);
