import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { RunView } from '../../api/contract/responses.ts';
import { makePaint, stripPaint } from './paint.ts';
import { runScreen } from './run-screen.ts';
import { noon, runView, taskView } from './test-support/views.ts';
import { textWidth } from './text-width.ts';

function draw(view: RunView, columns: number, rows: number, colour = false): string[] {
  return runScreen(view, {
    columns,
    rows,
    now: noon,
    paint: makePaint(colour),
    footer: 'Ctrl-C: detach or stop',
  });
}

const busy = runView({
  flaky: 1,
  tasks: [
    taskView({
      title: 'test/cart.test.js: adds up the prices of a basket',
      lastLine: '\x1b[31mReading\x1b[0m src/cart.js',
    }),
    taskView({
      title: '購物車 加總 🛒',
      phase: 'waiting',
      state: 'ready',
      attempt: 0,
      agent: null,
      startedAt: null,
    }),
    taskView({
      title: 'no-unused-vars',
      phase: 'landed',
      state: 'done',
      endedAt: new Date(noon).toISOString(),
    }),
    taskView({
      title: 'parses dates',
      phase: 'needs_you',
      state: 'inbox',
      reason: 'still failing: parses dates',
      attempt: 3,
    }),
    taskView({ title: 'sorts', phase: 'queued' }),
  ],
  queue: { entries: [{ task: 'x', title: 'sorts', state: 'queued' }], activity: 'testing sorts' },
});

test('a wide screen shows what a run does, each task with state, try, agent, time and last line, and the queue', () => {
  assert.deepEqual(draw(busy, 110, 30), [
    'ao fix  main · 2m 05s · run run1 · /home/me/shop',
    '1 agent at work',
    'round 1 of 5 · 3 findings · 1 flaky · landed 1 of 5 · 1 needs you',
    '',
    'TASK                                    STATE      TRY  AGENT    TIME    LAST LINE',
    'test/cart.test.js: adds up the prices…  working    1/3  command  1m 05s  Reading src/cart.js',
    '購物車 加總 🛒                          waiting',
    'no-unused-vars                          landed     1/3  command  1m 05s',
    'parses dates                            needs you  3/3  command  1m 05s  still failing: parses dates',
    'sorts                                   queued     1/3  command  1m 05s',
    '',
    'QUEUE  testing sorts',
    '  1. sorts',
    '',
    'Ctrl-C: detach or stop',
  ]);
});

test('a narrow screen keeps task and state', () => {
  const lines = draw(busy, 36, 30);
  assert.ok(lines.includes('needs you  parses dates'));
  assert.ok(lines.includes('working    test/cart.test.js: adds…'));
});

test('no line is wider and no picture higher than the terminal, whatever its size and whatever agents print', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const phase = fc.constantFrom(
    'waiting',
    'working',
    'checking',
    'queued',
    'landing',
    'landed',
    'needs_you',
    'odd',
  );
  const task = fc
    .record({ title: text, phase, lastLine: text, reason: fc.option(text), agent: text })
    .map(taskView);
  const views = fc.array(task, { maxLength: 30 }).map((tasks) =>
    runView({
      tasks,
      queue: {
        entries: tasks.map(({ id, title }) => ({ task: id, title, state: 'queued' })),
        activity: 'testing',
      },
    }),
  );
  fc.assert(
    fc.property(
      views,
      fc.integer({ min: 1, max: 140 }),
      fc.integer({ min: 1, max: 50 }),
      (view, columns, rows) => {
        const lines = draw(view, columns, rows, true);
        assert.ok(lines.length <= Math.max(1, rows - 1), `${lines.length} lines on ${rows} rows`);
        for (const line of lines) {
          assert.ok(textWidth(stripPaint(line)) <= columns, `${columns} columns: ${line}`);
          assert.doesNotMatch(stripPaint(line), /\p{Control}/u);
        }
      },
    ),
  );
});

test('when not all tasks fit, those at work stay and the others are counted', () => {
  const many = Array.from({ length: 40 }, (_, index) =>
    taskView({ title: `task ${index}`, phase: index === 33 ? 'working' : index < 10 ? 'landed' : 'waiting' }),
  );
  const lines = draw(runView({ tasks: many }), 80, 14);
  assert.ok(lines.some((line) => line.startsWith('task 33 ')));
  assert.ok(
    lines.some((line) => /^… and \d+ landed, \d+ waiting$/.test(line)),
    lines.join('\n'),
  );
  assert.equal(lines.at(-1), 'Ctrl-C: detach or stop');
});

test('without colour there is not one escape character, and the words are the same', () => {
  const plain = draw(busy, 100, 30);
  assert.ok(plain.every((line) => !line.includes('\x1b')));
  const painted = draw(busy, 100, 30, true);
  assert.ok(painted.some((line) => line.includes('\x1b[')));
  assert.deepEqual(painted.map(stripPaint), plain);
});
