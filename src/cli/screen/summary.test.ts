import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../api/contract/responses.ts';
import { makePaint } from './paint.ts';
import { summary } from './summary.ts';
import { report, reportTask } from './test-support/views.ts';

function told(given: Partial<Report>, path = '/home/me/shop', checkout: string | null = path): string[] {
  return summary(report(given), { path, checkout, paint: makePaint(false) });
}

test('a green run says what landed, where to look, and the way back', () => {
  const fixed = reportTask({
    id: 'ff'.repeat(8),
    title: 'sorts',
    landed: null,
    reason: 'fixed by ab12cd34 (adds up)',
  });
  assert.deepEqual(told({ tasks: [reportTask(), fixed] }), [
    'main is green: 2 of 2 tasks done in 2m 05s.',
    '',
    'landed     ab12cd34  adds up the prices  cccccccccc',
    'fixed      ffffffff  sorts  fixed by ab12cd34 (adds up)',
    '',
    'what landed    git -C /home/me/shop log --oneline aaaaaaaaaa..bbbbbbbbbb',
    'the way back   git -C /home/me/shop reset --keep refs/ao/before/run1',
  ]);
});

test('a repository that was green says that there was nothing to do', () => {
  const same = { branch: 'main', before: 'a'.repeat(40), after: 'a'.repeat(40), held: null };
  assert.deepEqual(told({ target: same, elapsedMs: 1500 }), [
    'main is green: there was nothing to do (in 1.5s).',
  ]);
});

test('what remains is named with its reason, and how to answer', () => {
  const lines = told({
    ok: false,
    outcome: 'remaining',
    reason: '1 task waiting for you',
    remaining: [{ id: 'ab12cd34ab12cd34', title: 'adds up', reason: 'needs_you: still failing: adds up' }],
  });
  assert.match(lines[0] ?? '', /^main is not green yet: 1 task waiting for you/);
  assert.ok(lines.includes('needs you  ab12cd34  adds up'));
  assert.ok(lines.includes('           still failing: adds up'));
  assert.ok(lines.some((line) => line.startsWith('Answer with: ao retry|accept|cancel TASK')));
});

test('flaky findings are listed', () => {
  const finding = { id: 'f', check: 'test', file: null, line: null, title: 'ticks', flaky: true };
  assert.ok(
    told({ baseline: { findings: [finding] } }).some((line) => line.includes('test: ticks (comes and goes')),
  );
});

test('a checkout that refused prints the one command that lands what was tested', () => {
  const held = {
    branch: 'main',
    before: 'a'.repeat(40),
    after: 'a'.repeat(40),
    held: 'src/cart.js is modified',
  };
  const lines = told(
    { ok: false, outcome: 'remaining', target: held, tasks: [reportTask()] },
    "/home/it's me",
  );
  assert.ok(lines.includes("  git -C '/home/it'\\''s me' merge --ff-only refs/ao/landed/run1"));
  assert.ok(lines.includes('tested     ab12cd34  adds up the prices  cccccccccc'));
  assert.ok(lines.every((line) => !line.includes('reset --keep')));
});

test('a stopped run says how to go on', () => {
  assert.match(
    told({ ok: false, outcome: 'stopped', reason: 'stopped by you' })[0] ?? '',
    /ao fix --resume$/,
  );
});

test('commands name the folder in which the branch is checked out, and move no other branch where it is in none', () => {
  const held = { branch: "it's", before: 'a'.repeat(40), after: 'a'.repeat(40), held: 'a lock' };
  assert.ok(
    told({}, '/shop', '/other').includes('the way back   git -C /other reset --keep refs/ao/before/run1'),
  );
  assert.ok(
    told({}, '/shop', null).includes('the way back   git -C /shop branch --force main refs/ao/before/run1'),
  );
  const waiting = { ok: false, outcome: 'remaining', target: held } as const;
  assert.ok(told(waiting, '/shop', '/other').includes('  git -C /other merge --ff-only refs/ao/landed/run1'));
  assert.ok(
    told(waiting, '/shop', null).includes(`  git -C /shop fetch . 'refs/ao/landed/run1:refs/heads/it'\\''s'`),
  );
});
