import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('entries that join while a batch is tested are tested with it by a free runner, once', () => {
  const two = { runners: 3, testing: testing('a') };
  assert.deepEqual(planQueue(state('abcdef', two)), { kind: 'test', batches: [['a', 'b', 'c', 'd']] });
  assert.deepEqual(planQueue(state('abcdef', { ...two, testing: testing('a', 'abc') })), { kind: 'wait' });
  assert.deepEqual(planQueue(state('a', two)), { kind: 'wait' });
  const passed = { runners: 3, outcomes: outcomes({ a: 'passed' }) };
  assert.deepEqual(planQueue(state('abcdef', { ...passed, testing: testing('abcd') })), { kind: 'wait' });
  assert.deepEqual(planQueue(state('abcdef', passed)), { kind: 'land', batch: ['a'] });
});

test('a failed batch is halved until the culprit stands last in a failing prefix', () => {
  const one = planQueue(state('abcd', { outcomes: outcomes({ abcd: 'suspect' }) }));
  assert.deepEqual(one, { kind: 'test', batches: [['a', 'b']] });
  const two = planQueue(state('abcd', { outcomes: outcomes({ abcd: 'suspect', ab: 'passed' }) }));
  assert.deepEqual(two, { kind: 'test', batches: [['a', 'b', 'c']] });
  const three = outcomes({ abcd: 'suspect', ab: 'passed', abc: 'failed' });
  assert.deepEqual(planQueue(state('abcd', { outcomes: three })), {
    kind: 'reject',
    entry: 'c',
    cause: 'failed',
    because: ['a', 'b', 'c'],
  });
});

test('only the shortest failing prefix is confirmed, and only a confirmed one costs an entry its place', () => {
  const known = { abcd: 'suspect', ab: 'passed', abc: 'suspect' } as const;
  const confirm = { kind: 'confirm', batch: ['a', 'b', 'c'], beside: null };
  assert.deepEqual(planQueue(state('abcd', { outcomes: outcomes(known) })), confirm);
  const under = state('abcd', { outcomes: outcomes(known), testing: testing('abc') });
  assert.deepEqual(planQueue(under), { kind: 'wait' });
  const single = planQueue(state('ab', { outcomes: outcomes({ a: 'suspect' }) }));
  assert.deepEqual(single, { kind: 'confirm', batch: ['a'], beside: null });
});

test('a confirmation that passes sends the search on to the longer suspect', () => {
  const known = outcomes({ abcd: 'suspect', ab: 'passed', abc: 'passed' });
  assert.deepEqual(planQueue(state('abcd', { outcomes: known })), {
    kind: 'confirm',
    batch: ['a', 'b', 'c', 'd'],
    beside: null,
  });
  const cleared = outcomes({ abcd: 'passed', ab: 'passed', abc: 'passed' });
  const landing = { kind: 'land', batch: ['a', 'b', 'c', 'd'] };
  assert.deepEqual(planQueue(state('abcd', { outcomes: cleared })), landing);
});

test('beside a confirmation a free runner tests what comes next without the culprit', () => {
  const known = outcomes({ abcdefgh: 'suspect', ab: 'passed', abc: 'suspect' });
  const before = state('abcdefghij', { window: 8, runners: 2, outcomes: known });
  const beside = ['a', 'b', 'd', 'e', 'f', 'g'];
  assert.deepEqual(planQueue(before), { kind: 'confirm', batch: ['a', 'b', 'c'], beside });
  known.set('a+b+c', 'failed');
  const still = { ...before, testing: testing('abdefg') };
  assert.deepEqual(planQueue(still), { kind: 'wait' }, 'its end is waited for');
  assert.equal(planQueue(before).kind, 'reject');
  const gone = planQueue(state('defghij', { window: nextWindow(8, 'rejected') }));
  assert.deepEqual(gone, { kind: 'test', batches: [['d', 'e', 'f', 'g']] }, 'the same entries come next');
  const nothingNext = state('abc', {
    window: 8,
    runners: 2,
    outcomes: outcomes({ ab: 'passed', abc: 'suspect' }),
  });
  assert.deepEqual(planQueue(nothingNext), { kind: 'confirm', batch: ['a', 'b', 'c'], beside: null });
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
