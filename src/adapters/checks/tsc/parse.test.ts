import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { tsc } from './index.ts';

test('messages carry their code, file and line', () =>
  withRecording('tsc', 'syntax', (output) => {
    const report = tsc.parse(output) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title, file, line }) => [title, file, line]),
      [['TS1109: Expression expected.', 'src/a.ts', 1]],
    );
    assert.equal(report.files, null);
  }));

test('a compiler that was ended is not complete', () =>
  withRecording('tsc', 'syntax', (output) => {
    assert.equal(tsc.parse(output)?.complete, true);
    assert.equal(tsc.parse({ ...output, exitCode: null })?.complete, false);
  }));

test('the pretty form gives the same id as the plain one', async () => {
  const idOf = (name: string): Promise<string | undefined> =>
    withRecording('tsc', name, (output) => tsc.parse(output)?.findings[0]?.title);
  assert.equal(await idOf('pretty'), "TS2322: Type 'string' is not assignable to type 'number'.");
  assert.equal(await idOf('pretty'), await idOf('tsc-failing'));
});
