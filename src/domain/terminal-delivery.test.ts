import assert from 'node:assert/strict';
import test from 'node:test';
import { nothingHeard } from './agent-facts.ts';
import { settleMs } from './screen-facts.ts';
import type { ScreenReading } from './screen-reading.ts';
import { type Delivering, essence, isPutBack, strokeFor } from './terminal-delivery.ts';

const shows = (reading: object): ScreenReading & { since: number } =>
  ({ quote: '', draft: '', since: 0, ...reading }) as ScreenReading & { since: number };
const idle = shows({ state: 'idle' });
const between = { ...nothingHeard, working: false, screen: idle };
const busy = { ...nothingHeard, working: true, screen: shows({ state: 'working' }) };
const drafted = (draft: string | null) => ({ ...between, screen: shows({ state: 'idle', draft }) });

function stroke(more: Partial<Delivering>): string {
  const told = strokeFor({
    content: { kind: 'message', text: 'more' },
    isSent: false,
    done: null,
    facts: between,
    isPutBack: false,
    heldMs: 60_000,
    isAbsent: false,
    agent: { interrupt: ['Escape'] },
    ...more,
  });
  if (told.do === 'press') return `press ${told.keys.join(' ')}`;
  return told.do === 'fail' ? told.problem : told.do;
}

test('a message is pasted between turns only, into an empty line', () => {
  assert.equal(stroke({}), 'paste');
  assert.equal(stroke({ facts: busy }), 'wait');
  assert.equal(stroke({ facts: { ...between, working: null } }), 'wait', 'it has not begun');
  assert.equal(stroke({ facts: { ...between, screen: shows({ state: 'permission' }) } }), 'wait');
  assert.equal(stroke({ facts: { ...between, screen: shows({ state: 'dialog' }) } }), 'wait');
  assert.equal(stroke({ facts: { ...between, screen: shows({ state: 'unknown' }) }, heldMs: 1000 }), 'wait');
});

test('a task that is no argument is typed when the input line has stood there for a while', () => {
  const first = {
    facts: { ...between, working: null },
    agent: { interrupt: ['Escape'], typesTask: true },
  } as const;
  assert.equal(stroke(first), 'paste');
  assert.equal(stroke({ ...first, heldMs: settleMs - 1 }), 'wait');
  assert.equal(stroke({ ...first, facts: { ...busy, working: null } }), 'wait');
});

test('a screen that cannot be read between turns is not waited for for ever', () => {
  const unread = { ...between, screen: shows({ state: 'unknown' }) };
  assert.equal(stroke({ facts: unread, heldMs: 59_000 }), 'wait');
  assert.match(stroke({ facts: unread, heldMs: 60_000 }), /^input_not_delivered: its screen shows no input/);
  const working = { ...busy, screen: shows({ state: 'unknown' }) };
  assert.equal(stroke({ facts: working, heldMs: 600_000 }), 'wait');
});

test('words of somebody else are not sent with it, and not thrown away', () => {
  assert.equal(stroke({ facts: drafted('wait a'), heldMs: 1000 }), 'wait');
  assert.match(stroke({ facts: drafted('wait a') }), /^input_not_delivered: other words stand/);
  assert.equal(stroke({ facts: drafted('the task'), isPutBack: true }), 'paste');
});

test('Enter is pressed when the line shows what was pasted, once more when that did nothing, and then it is said', () => {
  const sent = { isSent: true, facts: drafted('more') };
  assert.equal(stroke({ ...sent, done: { agoMs: 100, keys: 0 } }), 'press Enter');
  assert.equal(stroke({ ...sent, done: { agoMs: 100, keys: 1 } }), 'wait');
  assert.equal(stroke({ ...sent, done: { agoMs: 11_000, keys: 1 } }), 'press Enter');
  assert.match(stroke({ ...sent, done: { agoMs: 11_000, keys: 2 } }), /^input_not_delivered/);
  assert.match(stroke({ isSent: true, done: { agoMs: 11_000, keys: 1 } }), /^input_not_delivered/);
  assert.equal(stroke({ isSent: true, facts: busy, done: { agoMs: 11_000, keys: 1 } }), 'wait');
});

test('what an earlier daemon left as sent is pasted again only where the agent surely has it not', () => {
  assert.equal(stroke({ isSent: true, isAbsent: true }), 'paste');
  assert.equal(stroke({ isSent: true, isAbsent: true, facts: drafted('more') }), 'press Enter');
  assert.equal(stroke({ isSent: true, isAbsent: true, heldMs: settleMs - 1 }), 'wait');
  assert.match(stroke({ isSent: true }), /^input_not_delivered: a daemon ended/);
});

test('an answer is the key of what it means, while its question is shown', () => {
  const options = [
    { kind: 'allow_always', keys: ['2'] },
    { kind: 'reject', keys: ['4'] },
    { kind: 'allow_once', keys: ['1'] },
  ] as const;
  const asked = [{ id: 'q', title: 'rm', since: 0, source: 'screen' as const }];
  const open = { ...busy, asked, screen: shows({ state: 'permission', title: 'rm', options }) };
  const answer = (allow: boolean, more: Partial<Delivering> = {}): string =>
    stroke({ content: { kind: 'answer', request: 'q', allow, reason: '' }, facts: open, ...more });
  assert.equal(answer(true), 'press 1');
  assert.equal(answer(false), 'press 4');
  assert.equal(answer(true, { isSent: true }), 'press 1', 'a daemon died before it pressed');
  assert.equal(answer(true, { isSent: true, done: { agoMs: 1, keys: 1 } }), 'wait');
  assert.match(answer(true, { isSent: true, done: { agoMs: 11_000, keys: 1 } }), /still open/);
  const more = { ...open, screen: shows({ state: 'unknown' }) };
  assert.equal(answer(false, { facts: more, isSent: true, done: { agoMs: 59_000, keys: 1 } }), 'wait');
  assert.match(
    answer(false, { facts: more, isSent: true, done: { agoMs: 61_000, keys: 1 } }),
    /does not show/,
  );
  assert.match(answer(true, { facts: busy }), /not open any more/);
  const other = shows({ state: 'permission', title: 'rm', options: options.slice(0, 2) });
  assert.match(answer(true, { facts: { ...open, screen: other } }), /no such answer/, 'never for always');
});

test('an interruption is a key, pressed once in a turn', () => {
  const interrupt = (more: Partial<Delivering>): string =>
    stroke({ content: { kind: 'interrupt' }, facts: busy, ...more });
  assert.equal(interrupt({}), 'press Escape');
  assert.equal(interrupt({ isSent: true }), 'press Escape', 'a daemon died before it pressed');
  assert.equal(interrupt({ isSent: true, done: { agoMs: 1, keys: 1 } }), 'wait');
  const stopped = { ...busy, screen: shows({ state: 'idle' }) };
  assert.equal(interrupt({ isSent: true, facts: stopped }), 'wait', 'a key more would be for its input line');
  assert.match(interrupt({ facts: between }), /not in a turn/);
  const done = { agoMs: 1, keys: 1 };
  assert.equal(interrupt({ facts: between, isSent: true, done }), 'wait', 'its end is about to be noted');
  // Its turn ended while no daemon was there: nothing will ever tell of it, and messages wait behind it.
  assert.match(interrupt({ facts: between, isSent: true }), /not in a turn/);
});

test('what was put back is known by its letters, also where only a part of it shows', () => {
  const told = `[WHAT]\nMend ant. ${'All of it, and nothing else, please. '.repeat(4)}`;
  const stopped = (draft: string) => ({ ...drafted(draft), end: { outcome: 'interrupted' } as const });
  assert.equal(isPutBack(stopped(told.slice(20)), told), true);
  assert.equal(isPutBack(stopped('nothing else'), told), false, 'a person may have typed that');
  assert.equal(isPutBack(drafted(told), told), false, 'nobody interrupted it');
  assert.equal(essence(' a\u001b[\u00a0b\n\u200bc '), 'a[bc');
});
