import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type BatchOutcome, batchKey, nextWindow, planQueue } from './merge-queue.ts';

interface World {
  count: number;
  /** Break the checks by themselves. */
  bad: Set<number>;
  /** Good alone, break together. */
  incompatible: [number, number][];
  /** Do not merge with each other. */
  conflicts: [number, number][];
  /** Do not merge with the head. */
  stale: Set<number>;
  window: number;
  runners: number;
  /** Which of the tests under way ends next. */
  order: number[];
  /** Whenever something is waited for, so many come; the others are there from the beginning. */
  joins: number[];
  /** Of each first run in turn: whether a good batch fails in it. */
  flakes: boolean[];
}

const pair = fc.tuple(fc.nat(19), fc.nat(19)).filter(([a, b]) => a !== b);
const someEntries = fc.array(fc.nat(19), { maxLength: 5 }).map((ids) => new Set(ids));
const worlds: fc.Arbitrary<World> = fc.record({
  count: fc.nat(20),
  bad: someEntries,
  incompatible: fc.array(pair, { maxLength: 4 }),
  conflicts: fc.array(pair, { maxLength: 4 }),
  stale: fc.array(fc.nat(19), { maxLength: 2 }).map((ids) => new Set(ids)),
  window: fc.integer({ min: 1, max: 16 }),
  runners: fc.integer({ min: 1, max: 4 }),
  order: fc.array(fc.nat(7), { maxLength: 40 }),
  joins: fc.array(fc.nat(3), { maxLength: 8 }),
  flakes: fc.array(fc.boolean(), { maxLength: 40 }),
});

const both = (ids: Set<number>, [a, b]: [number, number]) => ids.has(a) && ids.has(b);

function isGood(world: World, landed: number[], batch: number[]): boolean {
  const all = new Set([...landed, ...batch]);
  return !batch.some((id) => world.bad.has(id)) && !world.incompatible.some((two) => both(all, two));
}

/** Length of the shortest prefix whose last entry does not merge; null where all merge. */
function conflictAt(world: World, landed: number[], batch: number[]): number | null {
  const merged = new Set(landed);
  for (const [index, id] of batch.entries()) {
    merged.add(id);
    if (world.stale.has(id)) return index + 1;
    if (world.conflicts.some((two) => two.includes(id) && both(merged, two))) return index + 1;
  }
  return null;
}

interface Run {
  landed: number[];
  rejected: { entry: number; cause: string; because: number[]; landedThen: number[] }[];
  landings: number;
  tests: number;
  confirmations: number;
}

/** Carries the planner's decisions out in a world whose truth it cannot see. */
function simulate(world: World): Run {
  const run: Run = { landed: [], rejected: [], landings: 0, tests: 0, confirmations: 0 };
  const all = Array.from({ length: world.count }, (_, id) => id);
  const joins = [...world.joins];
  const absent = Math.min(
    world.count,
    joins.reduce((sum, more) => sum + more, 0),
  );
  const later = all.slice(world.count - absent);
  const queue = all.slice(0, world.count - absent);
  const known = new Map<string, BatchOutcome>();
  const under = new Map<string, number[]>();
  const order = [...world.order];
  const flakes = [...world.flakes];
  const start = (ids: string[]): void => {
    const batch = ids.map(Number);
    const at = conflictAt(world, run.landed, batch);
    assert.ok(!under.has(batchKey(ids)) && !known.has(batchKey(ids)), 'tests a batch twice');
    if (at !== null) known.set(batchKey(ids.slice(0, at)), 'conflict');
    else under.set(batchKey(ids), batch);
    if (at === null) run.tests++;
  };
  let { window } = world;
  for (let decisions = 0; ; decisions++) {
    assert.ok(decisions < 2000, 'the queue does not come to an end');
    const entries = queue.map((id) => ({ id: String(id) }));
    const decision = planQueue({
      entries,
      window,
      runners: world.runners,
      outcomes: known,
      testing: new Set(under.keys()),
    });
    if (decision.kind === 'idle' && later.length === 0) return run;
    if (decision.kind === 'idle' || decision.kind === 'wait') queue.push(...later.splice(0, joins.shift()));
    if (decision.kind === 'idle') continue;
    if (decision.kind === 'wait') {
      assert.ok(under.size > 0, 'waits for nothing');
      const [key, batch] = [...under][(order.shift() ?? 0) % under.size] ?? ['', []];
      under.delete(key);
      const good = isGood(world, run.landed, batch);
      if (known.has(key)) known.set(key, good ? 'passed' : 'failed');
      else known.set(key, good && flakes.shift() !== true ? 'passed' : 'suspect');
    } else if (decision.kind === 'test') {
      for (const ids of decision.batches) start(ids);
      assert.ok(under.size <= world.runners, 'more tests than runners');
    } else if (decision.kind === 'confirm') {
      const key = batchKey(decision.batch);
      assert.ok(known.get(key) === 'suspect' && !under.has(key), 'confirms what is no suspect');
      under.set(key, decision.batch.map(Number));
      run.confirmations++;
      if (decision.beside !== null) start(decision.beside);
      assert.ok(under.size <= world.runners, 'more tests than runners');
    } else if (decision.kind === 'land') {
      const batch = decision.batch.map(Number);
      assert.ok(isGood(world, run.landed, batch) && conflictAt(world, run.landed, batch) === null);
      run.landed.push(...batch);
      run.landings++;
      for (const id of batch) queue.splice(queue.indexOf(id), 1);
      window = nextWindow(window, 'landed');
      known.clear();
      under.clear();
    } else {
      const entry = Number(decision.entry);
      const because = decision.because.map(Number);
      run.rejected.push({ entry, cause: decision.cause, because, landedThen: [...run.landed] });
      queue.splice(queue.indexOf(entry), 1);
      if (decision.cause === 'failed') window = nextWindow(window, 'rejected');
    }
  }
}

test('every entry is landed or rejected, each once, and what lands is good at each step', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const run = simulate(world);
      const seen = [...run.landed, ...run.rejected.map(({ entry }) => entry)].toSorted((a, b) => a - b);
      assert.deepEqual(
        seen,
        Array.from({ length: world.count }, (_, id) => id),
      );
    }),
    { numRuns: 500 },
  );
});

test('a rejected entry is really at fault: without it its batch is good, with it it is not', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      for (const { entry, cause, because, landedThen } of simulate(world).rejected) {
        const before = because.slice(0, -1);
        assert.equal(because.at(-1), entry);
        if (cause === 'conflict') {
          assert.equal(conflictAt(world, landedThen, [entry]), 1);
        } else {
          assert.ok(isGood(world, landedThen, before));
          assert.ok(!isGood(world, landedThen, because));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('with one runner a culprit costs at most one search, and a landing at most one test', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const run = simulate({ ...world, runners: 1, joins: [], flakes: [] });
      const culprits = run.rejected.filter(({ cause }) => cause === 'failed').length;
      assert.ok(run.tests <= culprits * (Math.log2(16) + 1) + run.landings, `${run.tests} tests`);
      assert.equal(run.confirmations, culprits);
    }),
    { numRuns: 500 },
  );
});

test('a queue without culprits lands in batches that grow', () => {
  const nothing = {
    bad: new Set<number>(),
    incompatible: [],
    conflicts: [],
    stale: new Set<number>(),
    order: [],
    joins: [],
    flakes: [],
  };
  const run = simulate({ ...nothing, count: 47, window: 1, runners: 2 });
  assert.equal(run.tests, 6); // 1 + 2 + 4 + 8 + 16 + 16
  assert.equal(run.landings, 6);
});

test('two changes that are good alone and break together cost the later one, with both as evidence', () => {
  const nothing = {
    bad: new Set<number>(),
    conflicts: [],
    stale: new Set<number>(),
    order: [],
    joins: [],
    flakes: [],
  };
  const run = simulate({ ...nothing, count: 6, window: 8, runners: 1, incompatible: [[1, 4]] });
  assert.deepEqual(
    run.rejected.map(({ entry, because }) => ({ entry, because })),
    [{ entry: 4, because: [0, 1, 2, 3, 4] }],
  );
  assert.deepEqual(run.landed, [0, 1, 2, 3, 5]);
});

test('the first entry is decided after few steps, whatever the outcomes are and whoever joins meanwhile', () => {
  const answer = fc.record({
    outcome: fc.constantFrom<BatchOutcome>('passed', 'suspect', 'failed', 'conflict'),
    at: fc.nat(15),
  });
  const inputs = fc.record({
    answers: fc.array(answer, { minLength: 1, maxLength: 60 }),
    window: fc.integer({ min: 1, max: 16 }),
    newcomers: fc.array(fc.nat(2), { maxLength: 60 }),
  });
  fc.assert(
    fc.property(inputs, ({ answers, window, newcomers }) => {
      const queue = ['e0', 'e1', 'e2'];
      const known = new Map<string, BatchOutcome>();
      const merges = new Set<string>();
      for (let steps = 0; queue.includes('e0'); steps++) {
        // Of 16 prefixes each may be tested once and confirmed once, if chance wants it so.
        assert.ok(steps < 40, 'the first entry is still there');
        const entries = queue.map((id) => ({ id }));
        const decision = planQueue({ entries, window, runners: 1, outcomes: known, testing: new Set() });
        for (let i = 0; i < (newcomers[steps] ?? 0); i++) queue.push(`n${steps}.${i}`);
        const { outcome, at } = answers[steps % answers.length] ?? { outcome: 'failed', at: 0 };
        if (decision.kind === 'test')
          answerWith(decision.batches[0] ?? [], { outcome, at }, { known, merges });
        else if (decision.kind === 'confirm')
          known.set(batchKey(decision.batch), outcome === 'passed' ? 'passed' : 'failed');
        else if (decision.kind === 'land') queue.splice(0, queue.length, ...without(queue, decision.batch));
        else if (decision.kind === 'reject')
          queue.splice(0, queue.length, ...without(queue, [decision.entry]));
        else assert.fail(decision.kind);
      }
    }),
    { numRuns: 500 },
  );
});

const without = (queue: string[], gone: string[]) => queue.filter((id) => !gone.includes(id));

/** Any outcome is possible, but a conflict only at an entry that was not yet merged onto the same ones before it. */
function answerWith(
  batch: string[],
  answer: { outcome: BatchOutcome; at: number },
  seen: { known: Map<string, BatchOutcome>; merges: Set<string> },
): void {
  const prefixes = batch.map((_, i) => batchKey(batch.slice(0, i + 1)));
  const open = prefixes.filter((key) => !seen.merges.has(key));
  const conflict = answer.outcome === 'conflict' ? open[answer.at % Math.max(1, open.length)] : undefined;
  assert.ok(!seen.known.has(batchKey(batch)));
  if (conflict !== undefined) seen.known.set(conflict, 'conflict');
  else seen.known.set(batchKey(batch), answer.outcome === 'conflict' ? 'failed' : answer.outcome);
  for (const key of prefixes) {
    if (key === conflict) break;
    seen.merges.add(key);
  }
}
