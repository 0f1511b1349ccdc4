// npm run bench -- idle: what the daemon costs while 50 agents think, or print a line a second: processes that it starts, CPU and memory.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunView } from '../src/api/contract/responses.ts';
import type { TestRepository } from '../test/support/repositories.ts';
import { type Figure, report } from './support/figures.ts';
import { checkItems, itemsRepository } from './support/items.ts';
import { cpuSeconds, inPlace, type Place, startFix, statFields, untilRun } from './support/place.ts';

const sessions = 50;
const watchMs = 60_000;
const settleMs = 5_000;

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

interface Crowd {
  who: string;
  runtime: string;
  agent: string[];
  /** Its agents are heard of all the time: what is known of each must be as old as its last line. */
  heard: boolean;
}

const thinking = ['/bin/sleep', '600'];
/** A line a second, without a process for the pause. */
const spinning = [
  '/bin/bash',
  '-c',
  'exec 9<> <(:); for ((n = 0; ; n++)); do echo "working $n"; read -rt 1 -u 9; done',
];

const crowds: readonly Crowd[] = [
  { who: 'idle sessions, process', runtime: 'process', agent: thinking, heard: false },
  { who: 'idle sessions, tmux', runtime: 'tmux', agent: thinking, heard: false },
  { who: 'that print a line a second, tmux', runtime: 'tmux', agent: spinning, heard: true },
];

async function figuresWith(repository: TestRepository, crowd: Crowd): Promise<Figure[]> {
  return inPlace(async (place) => {
    await place.client.runs();
    await delay(settleMs);
    const none = memory(place);
    const session = await startAll(place, repository, crowd);
    await delay(settleMs);
    const cpu = cpuSeconds(place);
    const started = await startedMeanwhile(place, () => delay(watchMs));
    const share = (cpuSeconds(place) - cpu) / (watchMs / 1000);
    const full = memory(place);
    const ages = (await place.client.sessions()).map(({ status }) => status.ageMs);
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
      ...(crowd.heard ? [{ ...fresh, most: 2000, digits: 0 }] : []),
      { what: `daemon memory, ${who} (MB)`, value: full, made: 'VmRSS', most: 170, digits: 0 },
      {
        what: 'the same ÷ none',
        value: full / none,
        made: `${full.toFixed(0)} ÷ ${none.toFixed(0)} MB`,
        most: 1.3,
      },
    ];
  });
}

/** Resolves with one of the sessions when all of them are at work. */
async function startAll(place: Place, repository: TestRepository, crowd: Crowd): Promise<string> {
  const run = await startFix(place, repository, {
    checks: [`items=${checkItems}`],
    agentCommand: JSON.stringify(crowd.agent),
    concurrency: String(sessions),
    group: 'finding',
    runtime: crowd.runtime,
  });
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
