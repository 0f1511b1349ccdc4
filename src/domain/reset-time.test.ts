import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { resetTimeIn, withResetTime } from './reset-time.ts';

const berlin = 'Europe/Berlin';

/** In UTC, to the minute. */
function read(text: string, at: string, zone = 'UTC'): string | null {
  const moment = resetTimeIn(text, { at: Date.parse(`${at}Z`), zone });
  return moment === null ? null : new Date(moment - 60_000).toISOString().slice(0, 16);
}

test('a time of day is its next one, in the zone that is named, else in the one of the client', () => {
  const now = '2026-11-20T12:00:00';
  // As claude 2.1.328 writes it.
  assert.equal(read("You've hit your limit · resets 12:14pm (UTC)", now), '2026-11-20T12:14');
  assert.equal(read("You've hit your limit · resets 3pm (Europe/Berlin)", now), '2026-11-20T14:00');
  assert.equal(read('Continuing automatically at 12:14am · Esc to cancel', now), '2026-11-21T00:14');
  assert.equal(read('Continuing automatically at 12:14am · Esc to cancel', now, berlin), '2026-11-20T23:14');
  // As codex 0.169.0 does.
  const codex = 'You’ve hit your usage limit. Upgrade to Pro (https://x/pro) or try again at ';
  assert.equal(read(`${codex}1:05 PM.`, now), '2026-11-20T13:05');
  assert.equal(read(`${codex}1:05 PM.`, now, 'Asia/Kolkata'), '2026-11-21T07:35');
  assert.equal(read(`${codex}1:05\u202fPM.`, now), '2026-11-20T13:05');
});

test('a date that is named is that day', () => {
  const now = '2026-12-30T12:00:00';
  assert.equal(read('or try again at Jan 2nd, 2027 3:15 PM.', now, berlin), '2027-01-02T14:15');
  assert.equal(read('your limit · resets Jan 2, 2027, 3pm (UTC)', now), '2027-01-02T15:00');
  assert.equal(read('your limit · resets Dec 31, 3:05pm (UTC)', now), '2026-12-31T15:05');
  assert.equal(read('your limit · resets Jan 2 at 3pm', now), '2027-01-02T15:00');
  assert.equal(read('resets Dec 31, 11:59pm', '2027-01-01T00:01:00'), '2026-12-31T23:59');
});

test('what was read late is not taken for a day later, and what was over before for nothing else', () => {
  assert.equal(read('resets 3:15pm', '2026-11-20T15:15:40'), '2026-11-20T15:15');
  assert.equal(read('resets 3:15pm', '2026-11-20T15:20:59'), '2026-11-20T15:15');
  assert.equal(read('resets 3:15pm', '2026-11-20T15:21:00'), '2026-11-21T15:15');
  assert.equal(read('resets 11:59pm', '2026-11-21T00:02:00'), '2026-11-20T23:59');
  assert.equal(read('resets Nov 19, 2026, 3pm', '2026-11-20T12:00:00'), null);
});

test('clocks that are put forward or back are followed', () => {
  // Forward: 2 o'clock is 3 o'clock there.
  assert.equal(read('resets 4am', '2026-03-28T23:30:00', berlin), '2026-03-29T02:00');
  assert.equal(read('resets 4am', '2026-03-28T01:30:00', berlin), '2026-03-28T03:00');
  assert.equal(read('resets 2:30am', '2026-03-28T23:30:00', berlin), '2026-03-30T00:30');
  // Back: 2:30 is there twice.
  assert.equal(read('resets 2:30am', '2026-10-24T23:30:00', berlin), '2026-10-25T00:30');
  assert.equal(read('resets 2:30am', '2026-10-25T00:40:00', berlin), '2026-10-25T01:30');
  assert.equal(read('resets 4am', '2026-10-24T23:30:00', berlin), '2026-10-25T03:00');
});

test('what cannot be read is no moment', () => {
  for (const text of [
    '',
    'it failed',
    'resets soon',
    'resets 13pm',
    'resets 0:15am',
    'resets 3:75pm',
    'resets 15:00',
    'resets Nov 31, 3pm',
    'resets Foo 3, 3pm',
    'resets 3pm (Nowhere/Land)',
    'resets Jan 1, 2099, 3pm',
    'resets Jun 1, 3pm',
    'Retrying in 3 minutes, at 3pm',
  ])
    assert.equal(read(text, '2026-11-20T12:00:00'), null, text);
  assert.equal(read('resets 3pm', '2026-11-20T12:00:00', 'CET-1CEST'), null);
});

test('what a client writes of any moment within a day is read as that minute', () => {
  const zones = [berlin, 'UTC', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];
  const from = Date.parse('2026-01-01T00:00Z');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 366 * 24 * 60 }),
      fc.integer({ min: 1, max: 22 * 60 * 60 }),
      fc.constantFrom(...zones),
      (minutes, seconds, zone) => {
        const at = from + minutes * 60_000;
        const reset = at + seconds * 1000;
        const shown = (moment: number, options: Intl.DateTimeFormatOptions): string =>
          new Date(moment).toLocaleString('en-US', { ...options, hour12: true, timeZone: zone });
        for (const date of [{}, { month: 'short', day: 'numeric' }] as const) {
          const options = { ...date, hour: 'numeric', minute: '2-digit' } as const;
          const text = shown(reset, options);
          const end = resetTimeIn(`try again at ${text} (${zone})`, { at, zone: 'UTC' }) ?? 0;
          assert.equal(shown(end - 60_000, options), text);
          // Where clocks are put back, it is the first of two.
          assert.ok(end > at && end <= reset + 60_000, `${text} at ${new Date(at).toISOString()}`);
        }
      },
    ),
  );
});

test('only of what opens again by itself, and not where its moment is known', () => {
  const shown = { at: Date.parse('2026-11-20T12:00Z'), zone: 'UTC' };
  const message = 'resets 3pm';
  const of = (kind: 'usage_limit' | 'quota', resetAt: number | null): number | null =>
    withResetTime({ class: kind, message, resetAt }, shown).resetAt;
  assert.equal(of('usage_limit', null), Date.parse('2026-11-20T15:01Z'));
  assert.deepEqual([of('usage_limit', 5), of('quota', null)], [5, null]);
});

test('a moment that is too far away is none: a year in a wrong unit would leave an account alone for ever', () => {
  const at = Date.parse('2026-11-20T12:00Z');
  const day = 24 * 60 * 60_000;
  const of = (resetAt: number) =>
    withResetTime({ class: 'usage_limit', message: 'm', resetAt }, { at, zone: 'UTC' }).resetAt;
  assert.equal(of(at + 7 * day), at + 7 * day);
  assert.deepEqual([of(at * 1000), of(at + 33 * day)], [null, null]);
});
