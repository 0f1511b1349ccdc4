import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planted } from '../faults/version.ts';
import { loadEngine } from './load-engine.ts';
import { plants } from './plants.ts';
import { describeFailure, simulate } from './simulate.ts';

const SEEDS = 2_000;

/** What has to come about somewhere, or the worlds are too kind. */
const corners = (
  'run.adopted run.flaky run.resume run.stop target.adopted target.held task.accept task.cancel task.fixed task.land ' +
  'task.park task.retry task.return landing.confirm landing.refuse landing.reject landing.withdraw attempt.superseded ' +
  'run.disk_blocked run.disk_free session.ask message.queued message.send message.receive message.fail'
).split(' ');

test(`the engine keeps every invariant in ${SEEDS} simulated worlds, and the worlds have every corner`, {
  timeout: 600_000,
}, async () => {
  const engine = await loadEngine(null);
  const missing = new Set(corners);
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = await simulate(engine, seed);
    if (result.violation !== null) assert.fail(describeFailure(result));
    outcomes.add(result.outcome);
    for (const event of result.events) missing.delete(event);
  }
  assert.deepEqual([...missing], []);
  assert.deepEqual([...outcomes].toSorted(), ['green', 'remaining', 'stopped']);
});

test('worlds that once broke a rule hold', async () => {
  const engine = await loadEngine(null);
  for (const seed of [16_852, 56_739]) {
    const result = await simulate(engine, seed);
    assert.equal(result.violation, null, describeFailure(result));
  }
});

test('a seed replays exactly', async () => {
  const engine = await loadEngine(null);
  for (let seed = 1; seed <= 25; seed += 1) {
    assert.deepEqual(await simulate(engine, seed), await simulate(engine, seed));
  }
});

test('a planted bug is found, and the trace tells of it', async () => {
  for (const name of ['a merged tree is not judged', 'one wish is carried out twice']) {
    const plant = plants[name];
    assert.ok(plant);
    const engine = await loadEngine({ name, ...plant });
    let found: string | null = null;
    for (let seed = 1; seed <= 200 && found === null; seed += 1) {
      const result = await simulate(engine, seed);
      if (result.violation !== null) found = describeFailure(result);
    }
    assert.match(found ?? `${name}: not found`, /^seed \d+: [^]*VIOLATION [^]*npm run simulate/);
  }
});

test('every bug that `npm run simulate -- --plants` plants still has its place in the source', () => {
  for (const [name, plant] of Object.entries(plants)) {
    assert.doesNotThrow(() => planted(plant), `planted bug: ${name}`);
    assert.notEqual(plant.find, plant.replace);
  }
});
