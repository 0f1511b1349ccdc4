import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckResult } from './check-result.ts';
import { confirm } from './confirm.ts';
import type { Finding } from './finding.ts';

const finding = (id: string): Finding => ({
  id,
  check: 'test',
  kind: 'test',
  file: 'a.test.js',
  line: 1,
  title: id,
  message: '',
});

const result = (failing: string[], passed: string[]): CheckResult => ({
  check: 'test',
  outcome: failing.length > 0 ? 'failed' : 'passed',
  exitCode: failing.length > 0 ? 1 : 0,
  findings: failing.map(finding),
  flaky: [],
  passed,
  skipped: [],
  files: null,
  complete: true,
  names: {},
  output: '',
  durationMs: 10,
});

test('what fails twice is confirmed, what comes and goes is flaky and has neither passed nor failed', () => {
  const both = confirm(result(['a', 'b'], ['c']), result(['a'], ['b', 'c']));
  assert.deepEqual(
    both.findings.map(({ id }) => id),
    ['a'],
  );
  assert.deepEqual(
    both.flaky.map(({ id }) => id),
    ['b'],
  );
  assert.deepEqual(both.passed, ['c']);
  assert.equal(both.outcome, 'failed');
});

test('a check whose failures all come and go passes', () => {
  const both = confirm(result(['b'], ['a']), result([], ['a', 'b']));
  assert.equal(both.outcome, 'passed');
  assert.deepEqual(both.passed, ['a']);
});

test('the same failure reported twice counts twice', () => {
  const both = confirm(result(['a', 'a'], []), result(['a', 'a', 'a'], []));
  assert.equal(both.findings.length, 2);
  assert.deepEqual(both.flaky, []);
});

test('what a run did not come to has not gone', () => {
  const stopped = (failing: string[], passed: string[]): CheckResult => ({
    ...result(failing, passed),
    complete: false,
  });
  const ids = ({ findings, flaky, outcome }: CheckResult) =>
    [findings, flaky].map((list) => list.map(({ id }) => id).toSorted()).concat([[outcome]]);
  assert.deepEqual(ids(confirm(stopped(['a'], []), stopped(['b'], []))), [['a', 'b'], [], ['failed']]);
  assert.deepEqual(ids(confirm(stopped(['a'], []), stopped(['b'], ['a']))), [['b'], ['a'], ['failed']]);
  assert.deepEqual(ids(confirm(stopped(['a'], []), result(['b'], ['a']))), [['b'], ['a'], ['failed']]);
  assert.deepEqual(ids(confirm(stopped(['a'], []), result([], ['a']))), [[], ['a'], ['passed']]);
});
