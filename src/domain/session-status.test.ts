import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentFacts, heard, nothingHeard, type Observation } from './agent-facts.ts';
import { statusOf, type StatusFacts } from './session-status.ts';

const stuckAfterMs = 600_000;
const failure = { class: 'rate_limit', message: 'too many requests', resetAt: null } as const;

function facts(...observations: [Observation, number][]): AgentFacts {
  return observations.reduce((known, [observation, when]) => heard(known, observation, when), nothingHeard);
}

function at(now: number, agent: AgentFacts, more: Partial<StatusFacts> = {}): string {
  const session = { state: 'running', since: 0 } as const;
  const { state, source, ageMs } = statusOf({ session, agent, toldAt: null, now, stuckAfterMs, ...more });
  return `${state} ${source} ${ageMs}`;
}

test('a session works while its turn goes on, and is idle when that has ended', () => {
  const begun = facts([{ kind: 'turn_started' }, 1000], [{ kind: 'line', text: 'x' }, 2000]);
  assert.equal(at(5000, begun), 'working protocol 3000');
  assert.equal(
    at(5000, heard(begun, { kind: 'turn_ended', outcome: 'completed' }, 4000)),
    'idle protocol 1000',
  );
});

test('a question comes before everything else, with the age of the question', () => {
  const asked = facts(
    [{ kind: 'turn_started' }, 1000],
    [{ kind: 'permission', request: { id: 'r', title: 'Bash: rm' } }, 2000],
    [{ kind: 'line', text: 'x' }, 3000],
  );
  assert.equal(at(stuckAfterMs * 2, asked), `waiting_permission protocol ${stuckAfterMs * 2 - 2000}`);
  assert.equal(at(4000, heard(asked, { kind: 'settled', request: 'r' }, 3500)), 'working protocol 500');
});

test('an agent that waits for its model is rate limited until it asks again', () => {
  const waiting = facts(
    [{ kind: 'turn_started' }, 1000],
    [{ kind: 'retrying', failure, delayMs: 5000 }, 2000],
  );
  assert.equal(at(3000, waiting), 'rate_limited protocol 1000');
  assert.equal(at(8000, waiting), 'working protocol 6000');
});

test('one that does not say how long it waits is rate limited until it is heard of again, and stuck when that is late', () => {
  const waiting = facts(
    [{ kind: 'turn_started' }, 1000],
    [{ kind: 'retrying', failure, delayMs: null }, 2000],
  );
  assert.equal(at(60_000, waiting), 'rate_limited protocol 58000');
  assert.equal(at(stuckAfterMs + 2000, waiting), `stuck output ${stuckAfterMs}`);
  assert.equal(at(62_000, heard(waiting, { kind: 'line', text: 'x' }, 61_000)), 'working protocol 1000');
  const ended = heard(waiting, { kind: 'turn_ended', outcome: 'completed' }, 61_000);
  assert.equal(at(62_000, ended), 'idle protocol 1000');
});

test('an agent between its turns that was told more is not idle until it shows that it has it', () => {
  const idle = facts([{ kind: 'turn_started' }, 1000], [{ kind: 'turn_ended', outcome: 'completed' }, 2000]);
  assert.equal(at(5000, idle, { toldAt: 4000 }), 'unknown store 1000');
  assert.equal(at(stuckAfterMs + 4000, idle, { toldAt: 4000 }), `stuck output ${stuckAfterMs}`);
  assert.equal(
    at(5000, heard(idle, { kind: 'turn_started' }, 4500), { toldAt: 4000 }),
    'working protocol 500',
  );
});

test('silence makes a session stuck, never idle', () => {
  const silent = facts([{ kind: 'turn_started' }, 1000]);
  assert.equal(at(stuckAfterMs + 1000, silent), `stuck output ${stuckAfterMs}`);
  assert.equal(at(stuckAfterMs, nothingHeard), `stuck output ${stuckAfterMs}`);
});

test('of an agent that only prints nobody says more than that', () => {
  assert.equal(at(5000, nothingHeard), 'working process 5000');
  assert.equal(at(5000, facts([{ kind: 'line', text: 'x' }, 2000])), 'working output 3000');
});

test('what is stored goes before what was heard, and a clock that jumps back makes no age', () => {
  const asked = facts([{ kind: 'permission', request: { id: 'r', title: 'x' } }, 9000]);
  assert.equal(at(5000, asked, { session: { state: 'ended', since: 4000 } }), 'ended store 1000');
  assert.equal(at(5000, asked, { session: { state: 'starting', since: 6000 } }), 'starting store 0');
});
