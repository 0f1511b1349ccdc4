import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionView } from '../../../test/support/session-view.ts';
import { sessionDetails, taskDetails } from './details.ts';
import { makePaint } from './paint.ts';
import { noon, report, runView, taskView } from './test-support/views.ts';

test('of a task whose agent asks it is said what, and how to answer', () => {
  const task = taskView({ phase: 'asking', lastLine: 'Bash: npm test' });
  const lines = taskDetails(
    { run: runView(), task, report: report() },
    { now: noon, paint: makePaint(false) },
  );
  assert.ok(lines.includes('  asks       Bash: npm test'), lines.join('\n'));
  assert.ok(lines.includes('answer: ao approve|deny ab12cd34'), lines.join('\n'));
});

test('how long something has been so is said as people say it', () => {
  const status = { state: 'working', because: 'in a turn', source: 'protocol', ageMs: 4_000_000 } as const;
  const lines = sessionDetails({ ...sessionView({ status }), resources: null }, noon);
  assert.ok(lines.includes('  status     working: in a turn (protocol, 1h 07m ago)'), lines.join('\n'));
});
