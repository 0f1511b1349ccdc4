import assert from 'node:assert/strict';
import test from 'node:test';
import { type AgentFacts, heard, nothingHeard, type Observation } from './agent-facts.ts';
import { rowsOfTalk, saysMore, seenOnScreen, settleMs } from './screen-facts.ts';
import type { ScreenReading } from './screen-reading.ts';

const failure = { class: 'usage_limit', message: 'limit reached', resetAt: null } as const;
const shows = (reading: object): ScreenReading => ({ quote: '', draft: '', ...reading }) as ScreenReading;
const asking = shows({ state: 'permission', title: 'Bash: rm', options: [] });
const facts = (...observations: Observation[]): AgentFacts =>
  observations.reduce((known, observation) => heard(known, observation, 1), nothingHeard);
const working = facts({ kind: 'turn_started' });
const over = facts({ kind: 'turn_started' }, { kind: 'turn_ended', outcome: 'completed' });

function kinds(known: AgentFacts, reading: ScreenReading, heldMs: number, hooks = true): string[] {
  return seenOnScreen(known, { reading, heldMs, hooks }).map((seen) =>
    seen.kind === 'turn_ended' ? `${seen.kind} ${seen.outcome}` : seen.kind,
  );
}

test('a turn is over on a screen that shows it for a while, and was interrupted where hooks would have told of its end', () => {
  const idle = shows({ state: 'idle' });
  assert.deepEqual(kinds(working, idle, settleMs - 1), []);
  assert.deepEqual(kinds(working, idle, settleMs), ['turn_ended interrupted']);
  assert.deepEqual(kinds(working, idle, settleMs, false), ['turn_ended completed']);
  assert.deepEqual(kinds(working, shows({ state: 'failed', failure }), settleMs), ['turn_ended failed']);
  assert.deepEqual(kinds(nothingHeard, idle, 60_000), [], 'before its first turn nothing can be over');
  assert.deepEqual(kinds(over, idle, 60_000), []);
});

test('a screen that still shows the end of a turn begins no other one', () => {
  const busy = shows({ state: 'working' });
  assert.deepEqual(kinds(over, busy, settleMs - 1), []);
  assert.deepEqual(kinds(over, busy, settleMs), ['turn_started']);
  assert.deepEqual(kinds(nothingHeard, busy, 0), ['turn_started']);
  assert.deepEqual(kinds(nothingHeard, busy, 0, false), ['turn_started', 'received']);
  assert.deepEqual(kinds(working, busy, 60_000), []);
  assert.deepEqual(kinds(over, asking, settleMs - 1), []);
  assert.deepEqual(kinds(over, asking, settleMs), ['turn_started', 'permission']);
});

test('a question is open while it is shown, once', () => {
  const [asked, ...more] = seenOnScreen(working, { reading: asking, heldMs: 0, hooks: true });
  assert.ok(asked?.kind === 'permission' && more.length === 0);
  const open = heard(working, asked, 2);
  assert.deepEqual(kinds(open, asking, 9000), []);
  assert.deepEqual(kinds(open, shows({ state: 'working' }), 0), ['settled']);
  assert.deepEqual(kinds(open, shows({ ...asking, title: 'Bash: ls' }), 0), ['settled', 'permission']);
  assert.deepEqual(kinds(open, shows({ state: 'unknown' }), 0), [], 'half drawn, it may stand there still');
  assert.deepEqual(kinds(nothingHeard, asking, 0, false), ['turn_started', 'received', 'permission']);
});

test('a wait for the model is told once for each failure', () => {
  const retrying = shows({ state: 'retrying', failure, delayMs: null });
  const [told] = seenOnScreen(working, { reading: retrying, heldMs: 0, hooks: true });
  assert.ok(told?.kind === 'retrying');
  assert.deepEqual(kinds(heard(working, told, 2), retrying, 0), []);
});

test('a client that waits and shows another tip is not alive for that; one that said something is', () => {
  const row = '🌒 · Tip: /tasks (3s)';
  const shown = (said: string, spinner: string, tip: string): readonly string[] =>
    rowsOfTalk([said, '', `  ${spinner}`, '╭──╮', '│ > ', '╰──╯', `model ~/project ${tip}`], {
      quote: spinner,
    });
  const before = shown('I will', row, '/model: switch model');
  assert.equal(saysMore(before, shown('I will', '🌓 · Tip: /tasks (9s)', '/sessions to resume')), false);
  assert.equal(saysMore(before, shown('I will, 2', row, '')), false);
  assert.equal(saysMore(before, shown('I will not', row, '/model: switch model')), true);
  assert.equal(saysMore(before, [...before, '']), true);
  assert.deepEqual(rowsOfTalk(['a 1', 'b'], { quote: '' }), ['a 1', 'b']);
});
