import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptRow, landingRow, runRow, taskRow } from '../../test/support/rows.ts';
import type { CheckResult, TreeResult } from './check-result.ts';
import type { Finding } from './finding.ts';
import { nextSteps, type RunSnapshot } from './next-step.ts';
import type { Run } from './run.ts';
import type { Attempt, Task } from './task.ts';

const finding = (id: string): Finding => ({
  id,
  check: 'test',
  kind: 'test',
  file: `${id}.test.js`,
  line: 1,
  title: id,
  message: '',
});

function head(failing: string[]): TreeResult {
  const check: CheckResult = {
    check: 'test',
    outcome: failing.length === 0 ? 'passed' : 'failed',
    exitCode: 1,
    findings: failing.map(finding),
    flaky: [],
    passed: [],
    skipped: [],
    files: null,
    complete: true,
    names: {},
    output: '',
    durationMs: 1,
  };
  return { tree: 't', checks: [check] };
}

const run = runRow('run-1', {
  round: 1,
  baseline: { tree: 't', findings: [] },
  options: { ...runRow('run-1').options, maxRounds: 2 },
});

const task = (id: string, state: Task['state'], patch: Partial<Task> = {}): Task =>
  taskRow(id, { state, findings: [finding(id)], attempt: 1, ...patch });

const attempt = (of: string, number = 1): Attempt => attemptRow(of, { number });

function snapshot(patch: Partial<RunSnapshot>): RunSnapshot {
  return {
    run,
    tasks: [],
    attempts: [],
    landings: [],
    head: head([]),
    passing: new Set(),
    placements: [],
    blocked: null,
    lastLanded: null,
    ...patch,
  };
}

const kinds = (patch: Partial<RunSnapshot>): string[] => nextSteps(snapshot(patch)).map((step) => step.kind);

test('an unknown head is checked before anything is planned, and attempts under way go on meanwhile', () => {
  const patch = { head: null, tasks: [task('a', 'in_flight')], attempts: [attempt('a')] };
  assert.deepEqual(kinds(patch), ['continue-attempt', 'check-head']);
});

test('nothing is planned, and no run ends, before the baseline is written down', () => {
  for (const failing of [[], ['a']]) {
    const patch = { run: { ...run, baseline: null }, head: head(failing) };
    assert.deepEqual(kinds(patch), ['check-head']);
  }
});

test('findings that no task stands for are planned', () => {
  const steps = nextSteps(snapshot({ head: head(['a', 'b']), tasks: [task('a', 'ready')] }));
  assert.deepEqual(steps, [{ kind: 'plan-tasks', findings: [finding('b')] }]);
});

test('a finding that came back after its task was done is planned again', () => {
  assert.deepEqual(kinds({ head: head(['a']), tasks: [task('a', 'done')] }), ['plan-tasks']);
});

test('no planning pass follows the last round', () => {
  const patch = { run: { ...run, round: 2 }, head: head(['a']) };
  const [step] = nextSteps(snapshot(patch));
  assert.equal(step?.kind, 'finish');
  assert.match(
    String(step?.kind === 'finish' && step.reason),
    /^1 finding came to light after the last round \(2\): a\. Another ao fix, or --max-rounds, goes on\.?$/,
  );
});

test('a task whose findings pass on the head is closed before anything else starts', () => {
  const patch = {
    head: head([]),
    tasks: [task('a', 'in_flight'), task('b', 'ready')],
    attempts: [attempt('a')],
    passing: new Set(['a']),
    placements: [{ task: 'b', account: 'default' }],
    lastLanded: 'c',
  };
  assert.deepEqual(kinds(patch), ['close', 'continue-attempt']);
});

test('a task that is landing at this moment is not closed under the hands of the queue', () => {
  const patch = {
    tasks: [task('a', 'in_flight')],
    passing: new Set(['a']),
    landings: [landingRow('a', { state: 'landing' })],
  };
  assert.deepEqual(kinds(patch), ['merge']);
});

test('an attempt that lost its task has to end, and the reason is the task’s', () => {
  const lost = { tasks: [task('a', 'done', { reason: 'fixed by b' })], attempts: [attempt('a')] };
  const [step] = nextSteps(snapshot(lost));
  assert.deepEqual(step?.kind === 'continue-attempt' && step.unwanted, 'fixed by b');
  const stale = { tasks: [task('a', 'in_flight', { attempt: 2 })], attempts: [attempt('a', 1)] };
  const [other] = nextSteps(snapshot(stale));
  assert.ok(other?.kind === 'continue-attempt' && other.unwanted !== null);
});

test('an attempt that a person accepts while the rows are read is not sent away', () => {
  const parked = task('t1', 'inbox', { attempt: 1, reason: 'needs_you' });
  const [step] = nextSteps(snapshot({ head: head(['a']), tasks: [parked], attempts: [attempt('t1')] }));
  assert.deepEqual(step?.kind === 'continue-attempt' && step.unwanted, null);
});

test('a stopping run ends its attempts first and itself last', () => {
  const stopping: Run = { ...run, state: 'stopping' };
  const live = { run: stopping, tasks: [task('a', 'in_flight')], attempts: [attempt('a')] };
  assert.deepEqual(kinds(live), ['continue-attempt']);
  assert.deepEqual(kinds({ ...live, attempts: [] }), ['finish']);
  assert.deepEqual(kinds({ ...live, attempts: [], landings: [landingRow('a', { state: 'landing' })] }), [
    'merge',
  ]);
});

test('a ready task for which there is no room yet keeps the run open', () => {
  assert.deepEqual(kinds({ head: head(['a']), tasks: [task('a', 'ready')] }), []);
  const spent = task('a', 'ready', { attempt: 3 });
  assert.deepEqual(kinds({ head: head(['a']), tasks: [spent] }), ['finish']);
});

test('a run does not end on a task that was read in flight, and its attempt when it had ended', () => {
  const torn = { run: { ...run, round: 2 }, head: head(['a', 'b']), tasks: [task('a', 'in_flight')] };
  assert.deepEqual(kinds(torn), []);
  assert.deepEqual(kinds({ ...torn, tasks: [task('a', 'inbox')] }), ['finish']);
});

test('a green head ends the run green, a held one does not', () => {
  assert.deepEqual(nextSteps(snapshot({})), [
    { kind: 'finish', outcome: 'green', reason: null, head: run.head, tasks: [] },
  ]);
  const [held] = nextSteps(snapshot({ run: { ...run, held: 'dirty' } }));
  assert.equal(held?.kind === 'finish' && held.outcome, 'remaining');
});

test('what is flaky is planned for nobody and does not hold up green', () => {
  const patch = { run: { ...run, flaky: ['a'] }, head: head(['a']) };
  assert.deepEqual(nextSteps(snapshot(patch)), [
    { kind: 'finish', outcome: 'green', reason: null, head: run.head, tasks: [] },
  ]);
});

test('a finished run needs nothing', () => {
  assert.deepEqual(kinds({ run: { ...run, state: 'finished' }, head: null }), []);
});
