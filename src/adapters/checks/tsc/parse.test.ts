import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitId } from '../../../domain/finding.ts';
import { withRecording } from '../test-support/recordings.ts';
import { tsc } from './index.ts';

const syntax = unitId('test', null, 'step:tsc: syntax');

test('a syntax error hides all type errors, so the check is not complete', () =>
  withRecording('tsc', 'syntax', (output) => {
    const report = tsc.parse(output) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title, step }) => [title, step]),
      [['TS1109: Expression expected.', syntax]],
    );
    assert.equal(report.complete, false);
    assert.equal(report.passed.includes(syntax), false);
  }));

test('type errors show that there is no syntax error', () =>
  withRecording('tsc', 'tsc-failing', (output) => {
    const report = tsc.parse(output) ?? assert.fail();
    assert.equal(report.complete, true);
    assert.deepEqual(report.passed, [syntax]);
  }));

test('the pretty form gives the same id as the plain one', async () => {
  const idOf = (name: string): Promise<string | undefined> =>
    withRecording('tsc', name, (output) => tsc.parse(output)?.findings[0]?.title);
  assert.equal(await idOf('pretty'), "TS2322: Type 'string' is not assignable to type 'number'.");
  assert.equal(await idOf('pretty'), await idOf('tsc-failing'));
});
