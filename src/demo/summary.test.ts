import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePaint, stripPaint } from '../cli/screen/paint.ts';
import type { DemoResult } from './run-demo.ts';
import { summary } from './summary.ts';

const paper = { columns: 60, paint: makePaint(true), program: './ao' };

const result = (ok: boolean): DemoResult => ({
  ok,
  report: {
    ok: true,
    run: 'r',
    outcome: 'green',
    reason: null,
    target: { branch: 'main', before: 'a', after: 'b', held: null },
    baseline: { findings: [] },
    tasks: [],
    remaining: [],
    usage: null,
    elapsedMs: 20_000,
  },
  cases: [
    { name: 'hang', title: 'an agent that hangs', ok, detail: 'It was ended after a while, '.repeat(6) },
  ],
  commits: [
    { commit: '0123456789abcdef', subject: 'Open the shop', failing: 12 },
    { commit: 'fedcba9876543210', subject: `Land ${'many '.repeat(30)}`, failing: 0 },
  ],
  everGreener: ok,
  kept: ok ? null : { repository: "/tmp/it's here/corner-shop", home: '/tmp/x/data' },
});

const lines = (ok: boolean): string[] => summary(result(ok), paper).map(stripPaint);

test('what happened comes first, and what to type next last', () => {
  const [first = ''] = lines(true);
  assert.match(first, /^From red to green in 20\.0s/);
  assert.match(lines(true).slice(-5).join('\n'), /\.\/ao fix .* --agent claude-code/);
});

test('a promise that was not kept stands out by a word, not by colour alone', () => {
  assert.match(lines(false)[0] ?? '', /not all went as promised/);
  assert.ok(lines(false).includes('NOT An agent that hangs'));
  assert.match(lines(false).join('\n'), /do not get\s+greener/);
});

test('sentences are broken at words to fit the terminal', () => {
  const body = lines(true).filter((line) => /^ {4}\S/.test(line) || /^ {2}[0-9a-f]{10} /.test(line));
  assert.ok(body.length > 4);
  assert.deepEqual(
    body.filter((line) => line.length > 60),
    [],
  );
});

test('what was removed can be kept the next time, by the name that ao is called by here', () => {
  assert.ok(lines(true).some((line) => line.endsWith('./ao demo --keep leaves it.')));
});

test('a folder that was kept is named so that it can be pasted into a shell', () => {
  assert.ok(lines(false).includes(`  rm -r '/tmp/it'\\''s here'    # when you have seen enough`));
});
