import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { unittest } from './index.ts';

for (const name of ['broken', 'broken-text']) {
  test(`${name}: modules that cannot be imported are findings of their files`, () =>
    withRecording('unittest', name, (output) => {
      const { findings } = unittest.parse(output) ?? assert.fail();
      const files = findings.filter(({ title, file }) => title === file);
      assert.deepEqual(files.map(({ file }) => file).toSorted(), [
        'tests/test_missing.py',
        'tests/test_syntax.py',
      ]);
      const missing = files.find(({ file }) => file === 'tests/test_missing.py');
      assert.match(missing?.message ?? '', /No module named 'nothing_here'/);
    }));

  test(`${name}: failures of tests, of a class's set-up and unexpected successes are told apart`, () =>
    withRecording('unittest', name, (output) => {
      const { findings } = unittest.parse(output) ?? assert.fail();
      const found = findings.filter(({ file }) => file === 'tests/test_maths.py');
      assert.deepEqual(
        found.map(({ title, line }) => [title, line]),
        [
          ['Broken.setUpClass', 29],
          ['Maths.test_divides', 10],
          ['Maths.test_parts', 23],
          ['Maths.test_unexpected', null],
        ],
      );
      assert.match(found[1]?.message ?? '', /ZeroDivisionError/);
      assert.equal(found[3]?.message, 'It was expected to fail, and passed.');
    }));

  test(`${name}: what passes is named, a working set-up included, and a skipped test is no pass`, () =>
    withRecording('unittest', name, (output) => {
      const report = unittest.parse(output) ?? assert.fail();
      const names = report.passed.map((id) => report.names[id]);
      for (const unit of ['Maths.test_adds', 'Fine.test_fine', 'Fine.setUpClass']) {
        assert.ok(names.includes(`tests/test_maths.py: ${unit}`), `${unit} in ${names.join(', ')}`);
      }
      assert.ok(names.includes('tests/test_maths.py'));
      assert.ok(!names.some((unit) => unit?.includes('Broken') && unit.includes('setUpClass')));
      assert.deepEqual(
        report.skipped.map((id) => report.names[id]),
        ['tests/test_maths.py: Maths.test_skipped'],
      );
    }));
}

test('records and text give the same ids', async () => {
  const idsOf = (name: string): Promise<string[]> =>
    withRecording('unittest', name, (output) =>
      (unittest.parse(output)?.findings ?? []).map(({ id }) => id).toSorted(),
    );
  assert.deepEqual(await idsOf('broken'), await idsOf('broken-text'));
});
