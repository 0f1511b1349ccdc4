// npm run bench -- idle: what the daemon costs while 50 agents think, or print a line a second: processes that it starts, CPU and memory.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunView, SessionView } from '../src/api/contract/responses.ts';
import type { TestRepository } from '../test/support/repositories.ts';
import { type Figure, report } from './support/figures.ts';
import { checkItems, itemsRepository } from './support/items.ts';
import { cpuSeconds, inPlace, type Place, startFix, statFields, untilRun } from './support/place.ts';

const sessions = 50;
const watchMs = 60_000;
const settleMs = 5_000;
/** After 50 starts at once, what begins with a session is over. */
const begunMs = 20_000;

/** Resident memory in megabytes. */
function memory({ pid }: Place): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]) / 1024;
}

/**
 * Page faults of children that have ended (`cminflt`). No program starts without one, so that a difference of zero is no
 * process at all, however short; nothing has to look at the right moment.
 */
function childFaults({ pid }: Place): number {
  return Number(statFields(pid)[8]);
}

function children({ pid }: Place): number {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return list === '' ? 0 : list.split(' ').length;
}

/** 0 for none; processes are not told apart, so that anything else is only "some". */
async function startedMeanwhile(place: Place, work: () => Promise<unknown>): Promise<number> {
  const [faults, living] = [childFaults(place), children(place)];
  await work();
  return childFaults(place) - faults + Math.max(0, children(place) - living);
}

type Status = SessionView['status'];

interface Crowd {
  who: string;
  runtime: string;
  /** A command, or the text of a program that stands in for `claude`. */
  agent: string[] | string;
  /** What it must be seen by that each of them works. */
  source: Status['source'];
}

const thinking = ['/bin/sleep', '600'];
/** A line a second, without a process for the pause. */
const spinning = [
  '/bin/bash',
  '-c',
  'exec 9<> <(:); for ((n = 0; ; n++)); do echo "working $n"; read -rt 1 -u 9; done',
];

/** Draws what claude draws while it works, and turns its spinner once a second. */
const drawing = [
  '#!/bin/bash',
  'exec 9<> <(:)',
  'rule=$(printf "─%.0s" {1..200})',
  "printf '\\033[2J\\033[H'",
  'for ((row = 1; row <= 40; row++)); do printf "● what it said in row %s, with some \\033[2mfaint\\033[0m words\\r\\n" $row; done',
  'printf \'\\033[44;1H%s\\r\\n❯ \\r\\n%s\\r\\n  ⏵⏵ bypass permissions on\' "$rule" "$rule"',
  'for ((n = 0; ; n++)); do printf "\\033[42;1H✻ Working… (%ss)\\033[45;3H" $n; read -rt 1 -u 9; done',
  '',
].join('\n');

const crowds: readonly Crowd[] = [
  { who: 'idle sessions, process', runtime: 'process', agent: thinking, source: 'process' },
  { who: 'idle sessions, tmux', runtime: 'tmux', agent: thinking, source: 'process' },
  { who: 'that print a line a second, tmux', runtime: 'tmux', agent: spinning, source: 'output' },
  { who: 'screens of claude with a spinner, tmux', runtime: 'tmux', agent: drawing, source: 'screen' },
];

async function figuresWith(repository: TestRepository, crowd: Crowd): Promise<Figure[]> {
  return inPlace(async (place) => {
    await place.client.runs();
    await delay(settleMs);
    const none = memory(place);
    const session = await startAll(place, repository, crowd);
    await delay(begunMs);
    const cpu = cpuSeconds(place);
    const started = await startedMeanwhile(place, () => delay(watchMs));
    const share = (cpuSeconds(place) - cpu) / (watchMs / 1000);
    const full = memory(place);
    const ages = (await place.client.sessions()).map(({ status }) => ageOf(status, crowd));
    const control = await startedMeanwhile(place, () => place.client.diff(session));
    if (control === 0) throw new Error('a git that the daemon did start was not seen');
    const seconds = (watchMs / 1000).toFixed(0);
    const made = `${seconds} s; control: ${control} faults for one ao diff`;
    const who = `${sessions} ${crowd.who}`;
    const fresh = { what: `oldest status of ${who} (ms)`, value: Math.max(...ages), made: 'after that' };
    return [
      { what: `processes started beside ${who}`, value: started, made, most: 0, digits: 0 },
      {
        what: `CPU of the daemon beside ${who} (% of a core)`,
        value: 100 * share,
        made: `${seconds} s`,
        most: 3,
      },
      ...(crowd.source === 'output' ? [{ ...fresh, most: 2000, digits: 0 }] : []),
      { what: `daemon memory, ${who} (MB)`, value: full, made: 'VmRSS', most: 170, digits: 0 },
      {
        what: 'the same ÷ none',
        value: full / none,
        made: `${full.toFixed(0)} ÷ ${none.toFixed(0)} MB`,
        ...(crowd.source === 'screen' ? {} : { most: 1.3 }), // each screen is held in memory
      },
    ];
  });
}

function ageOf({ state, source, because, ageMs }: Status, crowd: Crowd): number {
  if (state === 'working' && source === crowd.source) return ageMs;
  throw new Error(`a session is ${state} by its ${source} (${because}), beside ${crowd.who}`);
}

/** A home with that program as `claude`. */
async function homeWith({ home }: Place, program: string): Promise<{ HOME: string; PATH: string }> {
  const own = path.join(home, 'user');
  await mkdir(own);
  await writeFile(path.join(own, 'claude'), program, { mode: 0o755 });
  return { HOME: own, PATH: `${own}:${process.env['PATH'] ?? '/usr/bin:/bin'}` };
}

/** Resolves with one of the sessions when all of them are at work. */
async function startAll(place: Place, repository: TestRepository, crowd: Crowd): Promise<string> {
  const { runtime, agent } = crowd;
  const flags = { checks: [`items=${checkItems}`], concurrency: String(sessions), group: 'finding', runtime };
  const run =
    typeof agent === 'string'
      ? await startFix(place, repository, { ...flags, agent: 'claude-code' }, await homeWith(place, agent))
      : await startFix(place, repository, { ...flags, agentCommand: JSON.stringify(agent) });
  const allWork = ({ tasks }: RunView): boolean =>
    tasks.filter(({ phase }) => phase === 'working').length === sessions;
  await untilRun(place, run, allWork);
  return (await place.client.sessions())[0]?.id ?? '';
}

const repository = await itemsRepository(sessions, 0);
try {
  const figures: Figure[] = [];
  for (const crowd of crowds) figures.push(...(await figuresWith(repository, crowd)));
  report(figures);
} finally {
  await repository.remove();
}
