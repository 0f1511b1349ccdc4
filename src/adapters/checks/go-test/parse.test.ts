import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { goTest } from './index.ts';

test('packages that do not build or leave early fail as a whole, tests by name, and nothing is complete then', () =>
  withRecording('go-test', 'go-broken', (output) => {
    const report = goTest.parse(output) ?? assert.fail();
    assert.deepEqual(report.findings.map(({ title, file, line }) => [title, file, line]).toSorted(), [
      ['TestDies', 'dies/dies_test.go', 5],
      ['TestTable/two', 'fine/fine_test.go', 9],
      ['example.com/calc/broken does not build', 'broken/broken_test.go', 5],
      ['example.com/calc/leaves', null, null],
    ]);
    const named = (ids: string[]) => ids.map((id) => report.names[id]).toSorted();
    assert.deepEqual(named(report.skipped), ['example.com/calc/fine: TestLater']);
    assert.deepEqual(named(report.passed), [
      'example.com/calc/dies',
      'example.com/calc/fine',
      'example.com/calc/fine: TestTable',
      'example.com/calc/fine: TestTable/one_case',
    ]);
    assert.equal(report.complete, false);
  }));

test('messages of the compiler are read from events too, as newer versions print them', async () => {
  const events = [
    { ImportPath: 'x/b [x/b.test]', Action: 'build-output', Output: '# x/b [x/b.test]\n' },
    { ImportPath: 'x/b [x/b.test]', Action: 'build-output', Output: 'b_test.go:5:1: undefined: f\n' },
    { ImportPath: 'x/b [x/b.test]', Action: 'build-fail' },
    { Action: 'start', Package: 'x/b' },
    { Action: 'output', Package: 'x/b', Output: 'FAIL\tx/b [build failed]\n' },
    { Action: 'fail', Package: 'x/b', Elapsed: 0, FailedBuild: 'x/b [x/b.test]' },
  ];
  const stdout = events.map((event) => JSON.stringify(event)).join('\n');
  await withRecording('go-test', 'go-test-failing', (output) => {
    const report = goTest.parse({ ...output, stdout, stderr: '' }) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title, message }) => [title, message.split('\n')[1]]),
      [['x/b does not build', 'b_test.go:5:1: undefined: f']],
    );
  });
});

test('a run that was ended, and one that stops at its first failure, are not complete', () =>
  withRecording('go-test', 'go-test-failing', (output) => {
    assert.equal(goTest.parse(output)?.complete, true);
    assert.equal(goTest.parse({ ...output, exitCode: null })?.complete, false);
    assert.equal(goTest.parse({ ...output, command: 'go test -failfast ./...' })?.complete, false);
  }));

test('events are asked for where the command ends with go test, and arguments of the tests stay theirs', () => {
  const made = (command: string) =>
    goTest.instrument({ check: 'test', command, resolved: command, root: '/', reportDir: '/r' })?.command;
  assert.equal(made('cd sub && go test -race ./...'), 'cd sub && go test -race ./... -json');
  for (const other of ['go test -json', 'go test . -args -x', 'go vet ./...', 'go test ./... | tee log'])
    assert.equal(made(other), undefined, other);
});
