// npm run simulate -- [--seeds N] [--seed S]: the real engine in N simulated worlds, from seed S on.
// npm run simulate -- --plants [--seeds N] [--only TEXT]: how many seeds it takes to find each planted bug (whose name holds TEXT);
// a table in Markdown.
import { loadEngine } from '../test/simulation/load-engine.ts';
import { plants } from '../test/simulation/plants.ts';
import { describeFailure, simulate } from '../test/simulation/simulate.ts';
import { countOf, readOptions } from './options.ts';

const { values } = readOptions({
  options: {
    seeds: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    plants: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const [seeds, first] = [countOf('seeds', values.seeds), countOf('seed', values.seed)];
process.exitCode = (values.plants ? await huntPlants() : await hunt()) ? 0 : 1;

async function hunt(): Promise<boolean> {
  const engine = await loadEngine(null);
  const outcomes: Record<string, number> = {};
  let [steps, failures] = [0, 0];
  for (let seed = first; seed < first + seeds; seed += 1) {
    const result = await simulate(engine, seed);
    if (result.violation !== null) console.error(describeFailure(result));
    if (result.violation !== null) failures += 1;
    outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1;
    steps += result.steps;
    if (seeds === 1 && result.violation === null) console.log(result.trace.join('\n'));
  }
  const seconds = (process.cpuUsage().user / 1e6).toFixed(1);
  console.log(
    `${seeds} seeds from ${first}, ${steps} steps, ${JSON.stringify(outcomes)}, ${seconds} s of CPU`,
  );
  console.log(failures === 0 ? 'every invariant held' : `${failures} seeds failed`);
  return failures === 0;
}

async function huntPlants(): Promise<boolean> {
  const asItIs = await loadEngine(null);
  let found = 0;
  const chosen = Object.entries(plants).filter(([name]) => name.includes(values.only));
  console.log('| planted bug | seeds until it was found | how it showed |\n|---|---|---|');
  for (const [name, plant] of chosen) {
    const { seed, violation } = await firstFailure({ name, ...plant });
    if (seed !== null && (await simulate(asItIs, seed)).violation !== null)
      throw new Error(`without any planted bug seed ${seed} fails too`);
    if (seed !== null) found += 1;
    console.log(`| ${name} | ${seed ?? `not in ${seeds}`} | ${violation} |`);
  }
  console.log(`\n${found} of ${chosen.length} found`);
  return found === chosen.length;
}

async function firstFailure(plant: NonNullable<Parameters<typeof loadEngine>[0]>) {
  const engine = await loadEngine(plant);
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { violation } = await simulate(engine, seed);
    const [line = ''] = (violation ?? '').split('\n');
    if (violation !== null)
      return { seed, violation: line.replaceAll(/\b[0-9a-f]{8,}\S*/g, '…').slice(0, 100) };
  }
  return { seed: null, violation: '' };
}
