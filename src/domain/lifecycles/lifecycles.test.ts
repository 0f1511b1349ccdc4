import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { landingLifecycle } from './landing.ts';
import { type Lifecycle, nextState } from './lifecycle.ts';
import { messageLifecycle } from './message.ts';
import { runLifecycle } from './run.ts';
import { sessionLifecycle } from './session.ts';
import { taskLifecycle } from './task.ts';

const lifecycles: Lifecycle<string, string>[] = [
  runLifecycle,
  taskLifecycle,
  sessionLifecycle,
  landingLifecycle,
  messageLifecycle,
];

/** Every state that can come after `state`, itself only if it can be come back to. */
function reachable(lifecycle: Lifecycle<string, string>, state: string): Set<string> {
  const seen = new Set<string>();
  const open = [state];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const to of Object.values(lifecycle.transitions[from] ?? {})) {
      if (to === undefined || seen.has(to)) continue;
      seen.add(to);
      open.push(to);
    }
  }
  return seen;
}

for (const lifecycle of lifecycles) {
  const states = Object.keys(lifecycle.transitions);
  describe(`the ${lifecycle.name} lifecycle`, () => {
    test('is closed: every transition leads to a state of the table', () => {
      for (const [state, moves] of Object.entries(lifecycle.transitions)) {
        for (const to of Object.values(moves))
          assert.ok(to !== undefined && states.includes(to), `${state} → ${to}`);
      }
      for (const state of [lifecycle.initial, ...lifecycle.final]) assert.ok(states.includes(state), state);
    });

    test('has no state that cannot be reached', () => {
      const reached = reachable(lifecycle, lifecycle.initial).add(lifecycle.initial);
      assert.deepEqual([...reached].toSorted(), states.toSorted());
    });

    test('can always come to an end', () => {
      for (const state of states) {
        if (lifecycle.final.includes(state)) continue;
        const ends = [...reachable(lifecycle, state)].filter((to) => lifecycle.final.includes(to));
        assert.ok(ends.length > 0, state);
      }
    });

    test('knows no move to the same state: what changes nothing is no transition', () => {
      for (const [state, moves] of Object.entries(lifecycle.transitions)) {
        assert.ok(!Object.values(moves).includes(state), state);
      }
    });

    test('gives null for what its table does not list', () => {
      const events = new Set(Object.values(lifecycle.transitions).flatMap((moves) => Object.keys(moves)));
      for (const state of states) {
        for (const event of [...events, 'no such event']) {
          const listed = lifecycle.transitions[state]?.[event] ?? null;
          assert.equal(nextState(lifecycle, state, event), listed);
        }
      }
    });
  });
}

test('a task that is done stays done, and only a person brings back a cancelled one', () => {
  assert.deepEqual(taskLifecycle.transitions.done, {});
  assert.deepEqual(Object.keys(taskLifecycle.transitions.cancelled), ['retry']);
});

test('a task comes to an attempt only by a claim or by the acceptance of a person', () => {
  const ways = Object.values(taskLifecycle.transitions).flatMap((moves) =>
    Object.entries(moves).flatMap(([event, to]) => (to === 'in_flight' ? [event] : [])),
  );
  assert.deepEqual(ways.toSorted(), ['accept', 'claim']);
});

test('a landing whose intent is written is confirmed or refused, never withdrawn or rejected', () => {
  assert.deepEqual(landingLifecycle.transitions.landing, { confirm: 'landed', refuse: 'queued' });
});

test('a run ends only by finishing, also when it is stopped', () => {
  assert.equal(nextState(runLifecycle, 'running', 'stop'), 'stopping');
  assert.equal(nextState(runLifecycle, 'stopping', 'stop'), null);
  assert.equal(nextState(runLifecycle, 'finished', 'finish'), null);
});
