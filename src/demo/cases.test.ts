import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../api/contract/responses.ts';
import { demoCases } from './cases.ts';
import { type Attempt, Facts, type Task } from './facts.ts';

const cases = demoCases('/nowhere');

/** Every file that some case has a finding in, each a task that landed at its first attempt. */
function dullReport(): Report {
  const files = cases.flatMap(({ rules }) => rules.map(({ match }) => match.finding.replace(/[\\^$]/g, '')));
  const findings = [...new Set([...files, 'test/supplier.test.js'])].map(finding);
  return {
    ok: true,
    run: 'r',
    outcome: 'green',
    reason: null,
    target: { branch: 'main', before: 'a', after: 'b', held: null },
    baseline: { findings },
    tasks: findings.map(({ id }) => task(id, [attempt(1, {})])),
    remaining: [],
    usage: null,
    elapsedMs: 1,
  };
}

function finding(file: string): Task['findings'][number] {
  return { id: file, check: 'test', file, line: 1, title: file, flaky: false };
}

function task(file: string, attempts: Attempt[]): Task {
  const landed = { commit: 'b' };
  return {
    id: file,
    title: file,
    findings: [finding(file)],
    state: 'done',
    reason: null,
    attempts,
    landed,
    fixedBy: null,
  };
}

function attempt(number: number, change: Partial<Attempt>): Attempt {
  const [startedAt, endedAt] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'];
  const plain = { number, session: `s${number}`, agent: 'scripted', account: 'default', startedAt, endedAt };
  return { ...plain, outcome: 'passed', reason: null, claim: null, evidence: [], ...change };
}

const judged = (report: Report, files: Record<string, string> = {}): Map<string, boolean> => {
  const tree = new Map(Object.entries(files));
  const facts = new Facts({ report, events: [], before: tree, after: tree, saved: new Map() });
  return new Map(cases.map((each) => [each.name, each.judge(facts).ok]));
};

test('a run in which nothing special happened shows nothing special', () => {
  const shown = [...judged(dullReport())].filter(([, ok]) => ok).map(([name]) => name);
  assert.deepEqual(shown, []);
});

test('a refused change counts only for the rule that the case is about', () => {
  const withReason = (reason: string): boolean | undefined => {
    const report = dullReport();
    const file = 'src/coupon.js';
    const attempts = [attempt(1, { outcome: 'failed', reason }), attempt(2, {})];
    report.tasks = report.tasks.map((one) => (one.id === file ? task(file, attempts) : one));
    return judged(report, { [file]: '===' }).get('suppression');
  };
  assert.equal(withReason('suppressions: no comments (src/coupon.js)'), true);
  assert.equal(withReason('size: too large; suppressions: no comments'), true);
  assert.equal(withReason('still failing: eqeqeq'), false);
});

test('a suppression that reached the target is told, whatever the report says', () => {
  const report = dullReport();
  const file = 'src/coupon.js';
  const attempts = [attempt(1, { outcome: 'failed', reason: 'suppressions: no' }), attempt(2, {})];
  report.tasks = report.tasks.map((one) => (one.id === file ? task(file, attempts) : one));
  assert.equal(judged(report, { [file]: '/* oxlint-disable eqeqeq */' }).get('suppression'), false);
});

test('a promise that was not kept is told with what the agent did instead', () => {
  const facts = new Facts({
    report: dullReport(),
    events: [],
    before: new Map(),
    after: new Map(),
    saved: new Map(),
  });
  const hang = cases.find(({ name }) => name === 'hang');
  assert.deepEqual(hang?.judge(facts), {
    ok: false,
    detail: 'This did not happen as planned: attempt 1 passed, landed.',
  });
});
