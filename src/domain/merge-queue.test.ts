import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type BatchOutcome, batchKey, nextWindow, planQueue, type QueueState } from './merge-queue.ts';

function state(ids: string, changes: Partial<QueueState> = {}): QueueState {
  const entries = [...ids].map((id) => ({ id }));
  return { entries, window: 4, runners: 1, outcomes: new Map(), testing: new Set(), ...changes };
}

/** `ab: 'passed'` stands for the batch of a and b. */
function outcomes(known: Record<string, BatchOutcome>): Map<string, BatchOutcome> {
  return new Map(Object.entries(known).map(([ids, outcome]) => [batchKey([...ids]), outcome]));
}

function testing(...batches: string[]): Set<string> {
  return new Set(batches.map((ids) => batchKey([...ids])));
}

test('an empty queue is idle', () => {
  assert.deepEqual(planQueue(state('')), { kind: 'idle' });
});

test('the first entries of the window are tried as one batch', () => {
  assert.deepEqual(planQueue(state('abcdef')), { kind: 'test', batches: [['a', 'b', 'c', 'd']] });
  assert.deepEqual(planQueue(state('abcdef', { testing: testing('abcd') })), { kind: 'wait' });
});

test('a test of something else that still runs takes a runner', () => {
  assert.deepEqual(planQueue(state('bc', { testing: testing('ab') })), { kind: 'wait' });
  const two = planQueue(state('bc', { testing: testing('ab'), runners: 2 }));
  assert.deepEqual(two, { kind: 'test', batches: [['b', 'c']] });
});

test('a batch that passed lands', () => {
  const known = outcomes({ abcd: 'passed' });
  assert.deepEqual(planQueue(state('abcdef', { outcomes: known })), {
    kind: 'land',
    batch: ['a', 'b', 'c', 'd'],
  });
});

test('an entry that joined while a batch was tested does not hold the batch up', () => {
  assert.deepEqual(planQueue(state('ab', { testing: testing('a') })), { kind: 'wait' });
  assert.deepEqual(planQueue(state('ab', { outcomes: outcomes({ a: 'passed' }) })), {
    kind: 'land',
    batch: ['a'],
  });
});

test('a failed batch is halved until the culprit stands last in a failing prefix', () => {
  const one = planQueue(state('abcd', { outcomes: outcomes({ abcd: 'failed' }) }));
  assert.deepEqual(one, { kind: 'test', batches: [['a', 'b']] });
  const two = planQueue(state('abcd', { outcomes: outcomes({ abcd: 'failed', ab: 'passed' }) }));
  assert.deepEqual(two, { kind: 'test', batches: [['a', 'b', 'c']] });
  const three = outcomes({ abcd: 'failed', ab: 'passed', abc: 'failed' });
  assert.deepEqual(planQueue(state('abcd', { outcomes: three })), {
    kind: 'reject',
    entry: 'c',
    cause: 'failed',
    because: ['a', 'b', 'c'],
  });
});

test('once the culprit is gone, what passed before it lands without another test', () => {
  const known = outcomes({ abcd: 'failed', ab: 'passed', abc: 'failed' });
  assert.deepEqual(planQueue(state('abd', { outcomes: known })), { kind: 'land', batch: ['a', 'b'] });
  const shrunk = state('abd', { outcomes: known, window: 1 });
  assert.deepEqual(planQueue(shrunk), { kind: 'land', batch: ['a', 'b'] });
});

test('free runners test several prefixes side by side', () => {
  const failed = outcomes({ abcdefgh: 'failed' });
  const three = planQueue(state('abcdefgh', { window: 8, runners: 3, outcomes: failed }));
  assert.deepEqual(three, { kind: 'test', batches: [[...'ab'], [...'abcd'], [...'abcdef']] });
  const two = planQueue(state('abcdef', { window: 8, runners: 2, outcomes: outcomes({ abcdef: 'failed' }) }));
  assert.deepEqual(two, { kind: 'test', batches: [[...'ab'], [...'abcd']] });
});

test('a runner that becomes free during a search takes the middle of the widest gap', () => {
  const known = outcomes({ abcdefgh: 'failed', ab: 'passed' });
  const now = { window: 8, runners: 3, outcomes: known, testing: testing('abcd', 'abcdef') };
  assert.deepEqual(planQueue(state('abcdefgh', now)), { kind: 'test', batches: [[...'abc']] });
});

test('an entry that conflicts with the head alone is rejected', () => {
  assert.deepEqual(planQueue(state('ab', { outcomes: outcomes({ a: 'conflict' }) })), {
    kind: 'reject',
    entry: 'a',
    cause: 'conflict',
    because: ['a'],
  });
});

test('an entry that conflicts only with those before it is left out and keeps its place', () => {
  const known = outcomes({ abc: 'conflict' });
  assert.deepEqual(planQueue(state('abcdef', { outcomes: known })), {
    kind: 'test',
    batches: [['a', 'b', 'd']],
  });
  assert.deepEqual(planQueue(state('cdef')), { kind: 'test', batches: [['c', 'd', 'e', 'f']] });
});

test('the window doubles up to 16 and halves down to 1', () => {
  assert.deepEqual(
    [1, 2, 8, 16].map((window) => nextWindow(window, 'landed')),
    [2, 4, 16, 16],
  );
  assert.deepEqual(
    [16, 3, 1].map((window) => nextWindow(window, 'rejected')),
    [8, 1, 1],
  );
});

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
}

/** Carries the planner's decisions out in a world whose truth it cannot see. */
function simulate(world: World): Run {
  const run: Run = { landed: [], rejected: [], landings: 0, tests: 0 };
  const queue = Array.from({ length: world.count }, (_, id) => id);
  const known = new Map<string, BatchOutcome>();
  const under = new Map<string, number[]>();
  const order = [...world.order];
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
    if (decision.kind === 'idle') return run;
    if (decision.kind === 'wait') {
      assert.ok(under.size > 0, 'waits for nothing');
      const [key, batch] = [...under][(order.shift() ?? 0) % under.size] ?? ['', []];
      under.delete(key);
      known.set(key, isGood(world, run.landed, batch) ? 'passed' : 'failed');
    } else if (decision.kind === 'test') {
      for (const ids of decision.batches) {
        const batch = ids.map(Number);
        const at = conflictAt(world, run.landed, batch);
        assert.ok(!under.has(batchKey(ids)) && !known.has(batchKey(ids)), 'tests a batch twice');
        if (at !== null) known.set(batchKey(ids.slice(0, at)), 'conflict');
        else under.set(batchKey(ids), batch);
        if (at === null) run.tests++;
      }
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
      const run = simulate({ ...world, runners: 1 });
      const culprits = run.rejected.filter(({ cause }) => cause === 'failed').length;
      assert.ok(run.tests <= culprits * (Math.log2(16) + 1) + run.landings, `${run.tests} tests`);
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
  };
  const run = simulate({ ...nothing, count: 47, window: 1, runners: 2 });
  assert.equal(run.tests, 6); // 1 + 2 + 4 + 8 + 16 + 16
  assert.equal(run.landings, 6);
});

test('two changes that are good alone and break together cost the later one, with both as evidence', () => {
  const nothing = { bad: new Set<number>(), conflicts: [], stale: new Set<number>(), order: [] };
  const run = simulate({ ...nothing, count: 6, window: 8, runners: 1, incompatible: [[1, 4]] });
  assert.deepEqual(
    run.rejected.map(({ entry, because }) => ({ entry, because })),
    [{ entry: 4, because: [0, 1, 2, 3, 4] }],
  );
  assert.deepEqual(run.landed, [0, 1, 2, 3, 5]);
});

test('the first entry is decided after few steps, whatever the outcomes are and whoever joins meanwhile', () => {
  const answer = fc.record({
    outcome: fc.constantFrom<BatchOutcome>('passed', 'failed', 'conflict'),
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
        assert.ok(steps < 30, 'the first entry is still there');
        const entries = queue.map((id) => ({ id }));
        const decision = planQueue({ entries, window, runners: 1, outcomes: known, testing: new Set() });
        for (let i = 0; i < (newcomers[steps] ?? 0); i++) queue.push(`n${steps}.${i}`);
        const { outcome, at } = answers[steps % answers.length] ?? { outcome: 'failed', at: 0 };
        if (decision.kind === 'test')
          answerWith(decision.batches[0] ?? [], { outcome, at }, { known, merges });
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
