// npm run test:kill -- [--points N] [--seed S]: real daemons die at N of their calls that write or start programs, 100 by
// default, several in each run; which ones the seed decides, 1 by default.
// npm run test:kill -- --at KILLS: one run again, as a line of output names it.
// npm run test:kill -- --control: the same with a bug planted, one after the other; each has to break a rule.
import { availableParallelism } from 'node:os';
import { breakRules, controls } from '../test/faults/controls.ts';
import { describeKills, type Kill, killsOf, parseKills } from '../test/faults/kill.ts';
import { type Chain, countCalls, killInTurn } from '../test/faults/kill-chain.ts';
import { withoutStrace } from '../test/faults/traced-daemon.ts';
import { copyVersion, type Version } from '../test/faults/version.ts';
import { countOf, readOptions } from './options.ts';

const { values } = readOptions({
  options: {
    points: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string' },
    control: { type: 'boolean', default: false },
  },
});
const [points, first] = [countOf('points', values.points), countOf('seed', values.seed)];
const missing = withoutStrace();
if (missing !== null) {
  console.error(`test:kill: not possible here: ${missing}`);
  process.exit(1);
}
process.exitCode = (await (values.control ? plantAll() : killThis())) ? 0 : 1;

/** True when each of the planted bugs broke a rule. */
async function plantAll(): Promise<boolean> {
  const left = [...controls];
  let found = 0;
  await inTwoLanes(async () => {
    for (let control = left.shift(); control !== undefined; control = left.shift()) {
      const broken = await breakRules(control);
      console.log(`planted: ${control.name}\n  ${broken?.slice(0, 300) ?? 'no rule was broken'}`);
      if (broken !== null) found += 1;
    }
  });
  return found === controls.length;
}

/** Two runs at a time: agents and checks of one wait while the other one works. */
async function inTwoLanes(lane: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
}

async function killThis(): Promise<boolean> {
  const version = copyVersion(null);
  try {
    return await killAll(version, values.at === undefined ? null : parseKills(values.at));
  } finally {
    version.remove();
  }
}

async function killAll(version: Version, only: Kill[] | null): Promise<boolean> {
  const from = performance.now();
  const chains = only === null ? await killMany(version) : [await report(killInTurn(version, only))];
  const ready = chains.map(({ readyMs }) => readyMs).toSorted((a, b) => a - b);
  const p95 = ready[Math.ceil(ready.length * 0.95) - 1] ?? 0;
  const killed = chains.flatMap((chain) => chain.killed).length;
  const failed = chains.filter(({ violations }) => violations.length > 0).length;
  console.log(`${killed} kills in ${chains.length} runs, ${Math.round((performance.now() - from) / 1000)} s`);
  console.log(`a command had a daemon back after ${Math.round(p95)} ms (95th percentile of ${ready.length})`);
  console.log(`what the daemons after them found: ${tally(chains, killed)}`);
  console.log(failed === 0 ? 'every rule held' : `${failed} runs broke a rule`);
  return failed === 0 && killed > 0;
}

async function killMany(version: Version): Promise<Chain[]> {
  const perRun = await countCalls(version);
  console.log(`calls of a run that nobody disturbs: ${JSON.stringify(perRun)}`);
  const chains: Chain[] = [];
  let [seed, left] = [first, points];
  await inTwoLanes(async () => {
    while (left > 0) {
      const kills = killsOf(seed, perRun).slice(0, left);
      seed += 1;
      left -= kills.length;
      const chain = await report(killInTurn(version, kills));
      left += kills.length - chain.killed.length;
      chains.push(chain);
    }
  });
  return chains;
}

async function report(running: Promise<Chain>): Promise<Chain> {
  const chain = await running;
  console.log(`--at ${describeKills(chain.killed)}${chain.violations.length === 0 ? '' : ' breaks rules:'}`);
  for (const violation of chain.violations) console.log(`  ${violation}`);
  return chain;
}

function tally(chains: Chain[], killed: number): string {
  const counts = new Map<string, number>();
  const places = chains.flatMap((chain) => chain.found.slice(1, chain.killed.length + 1));
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  counts.set('killed before they could look', killed - places.length);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([place, count]) => `${place} ${count}`)
    .join(', ');
}
