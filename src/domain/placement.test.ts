import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type AccountState, defaultConcurrency, place, type PlacementSnapshot } from './placement.ts';

const gib = 1024 ** 3;
const account: AccountState = {
  name: 'default',
  agent: 'command',
  running: 0,
  limit: 99,
  coolDownUntil: null,
};
const tasks = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `t${i}`, agent: 'command' }));

function snapshot(changes: Partial<PlacementSnapshot>): PlacementSnapshot {
  return {
    now: 1000,
    tasks: tasks(3),
    liveSessions: 0,
    accounts: [account],
    diskTrouble: null,
    limits: { concurrency: 10, memoryAvailableBytes: 64 * gib, memoryPerSessionBytes: gib },
    ...changes,
  };
}

test('ready tasks start in the order of the board while there is room', () => {
  const limits = { concurrency: 2, memoryAvailableBytes: 64 * gib, memoryPerSessionBytes: gib };
  const { placements, blocked } = place(snapshot({ limits }));
  assert.deepEqual(
    placements.map(({ task }) => task),
    ['t0', 't1'],
  );
  assert.deepEqual(blocked, [{ task: 't2', reason: 'all places are taken (2)' }]);
});

test('sessions that are alive take places', () => {
  const limits = { concurrency: 2, memoryAvailableBytes: 64 * gib, memoryPerSessionBytes: gib };
  assert.equal(place(snapshot({ limits, liveSessions: 1 })).placements.length, 1);
  assert.equal(place(snapshot({ limits, liveSessions: 5 })).placements.length, 0);
});

test('free memory bounds how many start at once', () => {
  const limits = { concurrency: 10, memoryAvailableBytes: 2.5 * gib, memoryPerSessionBytes: gib };
  const { placements, blocked } = place(snapshot({ limits }));
  assert.equal(placements.length, 2);
  assert.match(blocked[0]?.reason ?? '', /memory/);
});

test('one session starts however little memory is free, and only one', () => {
  const limits = { concurrency: 10, memoryAvailableBytes: 0, memoryPerSessionBytes: gib };
  assert.equal(place(snapshot({ limits })).placements.length, 1);
  assert.equal(place(snapshot({ limits, liveSessions: 1 })).placements.length, 0);
});

test('the account with the most room in proportion is taken, and never above its limit', () => {
  const accounts = [
    { ...account, name: 'small', running: 1, limit: 2 },
    { ...account, name: 'large', running: 1, limit: 4 },
  ];
  const { placements, blocked } = place(snapshot({ accounts, tasks: tasks(6) }));
  assert.deepEqual(
    placements.map((placement) => placement.account),
    ['large', 'small', 'large', 'large'],
  );
  assert.deepEqual(
    blocked.map(({ reason }) => reason),
    ['every account for command is busy', 'every account for command is busy'],
  );
});

test('an account that cools down gets nothing until its time has come', () => {
  const accounts = [{ ...account, coolDownUntil: 61_000 }];
  const { blocked } = place(snapshot({ accounts, tasks: tasks(1) }));
  assert.equal(blocked[0]?.reason, 'every account for command is cooling down, for 60 s more');
  assert.equal(place(snapshot({ accounts, tasks: tasks(1), now: 61_000 })).placements.length, 1);
});

test('a task without an account does not hold up the tasks behind it', () => {
  const mixed = [{ id: 'a', agent: 'codex' }, ...tasks(1)];
  const { placements, blocked } = place(snapshot({ tasks: mixed }));
  assert.deepEqual(placements, [{ task: 't0', account: 'default' }]);
  assert.deepEqual(blocked, [{ task: 'a', reason: 'there is no account for codex' }]);
});

test('every ready task is either placed or told why not, and no limit is passed', () => {
  const numbers = fc.record({
    count: fc.nat(12),
    live: fc.nat(6),
    concurrency: fc.integer({ min: 1, max: 8 }),
    memory: fc.nat(8),
    limit: fc.nat(4),
  });
  fc.assert(
    fc.property(numbers, ({ count, live, concurrency, memory, limit }) => {
      const limits = { concurrency, memoryAvailableBytes: memory * gib, memoryPerSessionBytes: gib };
      const accounts = [{ ...account, limit }];
      const result = place(snapshot({ tasks: tasks(count), liveSessions: live, limits, accounts }));
      assert.equal(result.placements.length + result.blocked.length, count);
      assert.ok(result.placements.length <= Math.max(0, concurrency - live));
      assert.ok(result.placements.length <= Math.max(memory, 1));
      assert.ok(result.placements.length <= limit);
    }),
  );
});

test('concurrency defaults to what cores and free memory bear, and is at least one', () => {
  assert.equal(defaultConcurrency({ cores: 2, memoryAvailableBytes: 64 * gib }), 4);
  assert.equal(defaultConcurrency({ cores: 32, memoryAvailableBytes: 2 * gib }), 2);
  assert.equal(defaultConcurrency({ cores: 128, memoryAvailableBytes: 512 * gib }), 16);
  assert.equal(defaultConcurrency({ cores: 1, memoryAvailableBytes: 0 }), 1);
});
