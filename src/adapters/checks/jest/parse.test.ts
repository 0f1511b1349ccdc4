import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { jest } from './index.ts';

for (const name of ['jest-broken', 'jest-printed']) {
  test(`files that cannot be loaded fail as files, tests by their names, and skipped ones are neither (${name})`, () =>
    withRecording('jest', name, (output) => {
      const report = jest.parse(output) ?? assert.fail();
      const findings = report.findings.map(({ title, file, line }) => [title, file, line]);
      assert.deepEqual(findings.toSorted(), [
        ['maths > subtracts', 'test/a.test.js', 3],
        ['test/missing.test.js', 'test/missing.test.js', 1],
        ['test/syntax.test.js', 'test/syntax.test.js', 1],
      ]);
      const named = (ids: string[]) => ids.map((id) => report.names[id]);
      assert.deepEqual(named(report.passed), ['test/a.test.js', 'test/a.test.js: maths > adds']);
      assert.deepEqual(named(report.skipped), [
        'test/a.test.js: maths > later',
        'test/a.test.js: maths > some day',
      ]);
    }));
}

test('the JSON that vitest prints where a project asks for it is read the same way', () =>
  withRecording('jest', 'vitest-json', (output) => {
    const report = jest.parse(output) ?? assert.fail();
    const findings = report.findings.map(({ title, file, line }) => [title, file, line]);
    assert.deepEqual(findings.toSorted(), [
      ['maths & <co> > subtracts', 'test/a.test.js', 4],
      ['test/missing.test.js', 'test/missing.test.js', null],
      ['test/syntax.test.js', 'test/syntax.test.js', 1],
    ]);
    const named = (ids: string[]) => ids.map((id) => report.names[id]);
    assert.deepEqual(named(report.passed), ['test/a.test.js', 'test/a.test.js: maths & <co> > adds']);
    assert.deepEqual(named(report.skipped), ['test/a.test.js: later']);
  }));

test('the report is asked for behind npm, and a command that asks for its own keeps it', () => {
  const made = (command: string) =>
    jest.instrument({ check: 'test', command, resolved: command, root: '/', reportDir: '/r' })?.command;
  assert.equal(made('npx jest src'), 'npx jest src --json --outputFile=/r/jest.json');
  assert.equal(
    made('CI=true react-scripts test'),
    'CI=true react-scripts test --json --outputFile=/r/jest.json',
  );
  for (const other of ['jest --json', 'jest --reporters=jest-junit', 'vitest run', 'jest && true'])
    assert.equal(made(other), undefined, other);
});
