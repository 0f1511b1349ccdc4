import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, StreamMessage } from '../../api/contract/responses.ts';
import { PlainLines } from './plain-lines.ts';
import { runView, taskView } from './test-support/views.ts';

const at = new Date(2026, 10, 20, 12, 3, 4).getTime();
const task = 'ab12cd34ab12cd34';

function event(type: string, body: Event['body'], of: string | null = null): StreamMessage {
  return { kind: 'event', event: { seq: 1, at, run: 'run1', task: of, session: null, type, body } };
}

function told(messages: StreamMessage[]): string[] {
  const lines = new PlainLines();
  return messages.flatMap((message) => lines.take(message, at)).map((line) => line.replace(/^12:03:04 /, ''));
}

test('each change is one line with its time', () => {
  const lines = new PlainLines().take(event('run.start', { path: '/home/me/shop', branch: 'main' }), 0);
  assert.deepEqual(lines, ['12:03:04 run run1 of /home/me/shop on main']);
});

test('a disk that takes nothing is told once, and that it is well again', () => {
  const blocked = (free: string): StreamMessage => ({
    kind: 'run',
    run: runView({ activity: `disk_blocked: the disk of /home/me/ao has ${free} free` }),
  });
  assert.deepEqual(told([blocked('3 MB'), blocked('2 MB'), event('run.disk_free', {})]), [
    'disk_blocked: the disk of /home/me/ao has 3 MB free',
    'the disk takes what is written again: the run goes on',
  ]);
});

test('a task is called by its title from its plan to its landing', () => {
  const story = [
    event('run.start', { path: '/p', branch: 'main' }),
    event('run.baseline', { findings: 1 }),
    event('run.round', { round: 1, findings: 1, tasks: 1 }),
    event('task.planned', { title: 'adds up' }, task),
    event('task.claim', { attempt: 1, session: 's' }, task),
    event('session.started', { pid: 4 }, task),
    event('session.end', { outcome: 'exited', reason: 'exit status 1' }, task),
    event('attempt.verdict', { status: 'failed', reason: 'still failing: adds up' }, task),
    event('attempt.verdict', { status: 'not_verifiable', reason: null }, task),
    event('attempt.verdict', { status: 'passed', reason: null }, task),
    event('landing.reject', { reason: 'conflicts' }, task),
    event('task.land', { commit: '3f2c91c0aa7777' }, task),
    event('target.moved', { commit: '3f2c91c0aa7777' }),
    event('run.finish', { outcome: 'green', reason: null }),
  ];
  assert.deepEqual(told(story).slice(1), [
    'main: 1 finding',
    'round 1: 1 finding, 1 task',
    'task ab12cd34 adds up: planned',
    'task ab12cd34 adds up: attempt 1 started',
    'task ab12cd34 adds up: agent ended: exited: exit status 1',
    'task ab12cd34 adds up: gate: failed: still failing: adds up',
    'task ab12cd34 adds up: gate: not verifiable',
    'task ab12cd34 adds up: gate: passed, queued to land',
    'task ab12cd34 adds up: rejected by the queue: conflicts',
    'task ab12cd34 adds up: landed 3f2c91c0aa',
    'main is at 3f2c91c0aa',
    'finished: green',
  ]);
});

test('who joins in the middle learns titles from the picture of the run', () => {
  const messages: StreamMessage[] = [
    { kind: 'run', run: runView({ tasks: [taskView({ id: task, title: 'joined late' })] }) },
    event('task.claim', { attempt: 2 }, task),
  ];
  assert.deepEqual(told(messages), ['task ab12cd34 joined late: attempt 2 started']);
});

test('what a run and its queue are busy with is said once', () => {
  const checking = { kind: 'run', run: runView({ activity: 'checking main' }) } as const;
  const testing = {
    kind: 'run',
    run: runView({ queue: { entries: [], activity: 'testing a + b' } }),
  } as const;
  assert.deepEqual(told([checking, checking, testing, testing]), ['checking main', 'queue: testing a + b']);
});

test('a flaky finding is named once', () => {
  const checked = event('tree.checked', {
    tree: 't',
    checks: [{ check: 'test', flaky: ['ticks'] }, { check: 'lint' }],
  });
  assert.deepEqual(told([checked, checked]), ['flaky, given to nobody: ticks']);
});

test('a line stays one line whatever an agent or a test put into it', () => {
  const lines = told([
    event('task.planned', { title: 'two\nlines \x1b[2J' }, task),
    event('attempt.verdict', { status: 'failed', reason: 'a\r\nb\x1b]0;title\x07' }, task),
  ]);
  assert.deepEqual(lines, ['task ab12cd34 two lines: planned', 'task ab12cd34 two lines: gate: failed: a b']);
});
