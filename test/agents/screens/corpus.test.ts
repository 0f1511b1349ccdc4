// What the terminals of real clients showed, and what our readers make of it. See ../fixtures/README.md.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cleanText } from '../../../src/lib/clean-text.ts';
import { cutsOf, judge, misreadCuts } from './corpus.ts';
import { readers } from './readers.ts';
import { readRecordings, recordedClients, size } from './recording.ts';

const least = 0.98;

for (const client of recordedClients()) {
  const recordings = readRecordings(client);
  const read = readers[client];

  describe(`screens of ${client}`, () => {
    test('are read as what was so at that moment, and never as idle where it was not', async () => {
      const judged = (await Promise.all(recordings.map(judge))).flat();
      const wrong = judged.filter(({ right }) => !right);
      const shown = wrong.map(({ recording, moment, reading }) => [recording.scene, moment, reading]);
      assert.ok(judged.length > 50, 'there is something to judge');
      assert.ok(wrong.length <= (1 - least) * judged.length, JSON.stringify(shown, null, 1));
      assert.deepEqual(
        shown.filter((_, at) => wrong[at]?.reading.state === 'idle'),
        [],
      );
    });

    test('cut anywhere are never read as what was neither before nor after', async () => {
      const wrong = await Promise.all(recordings.map((each) => misreadCuts(each, cutsOf(each))));
      assert.deepEqual(wrong.flat(), []);
    });

    test('say nothing of the machine that they were recorded on', () => {
      for (const { scene, bytes } of recordings) {
        const text = bytes.toString('latin1');
        const paths = text.match(/\/(?:root|Users|work|home\/(?!user\b))\b[^\s"']{0,40}/g);
        assert.deepEqual([paths, text.match(/127\.0\.0\.1:(?!4010)\d+/g)], [null, null], scene);
      }
    });

    test('of rows that mean nothing are read without an error', () => {
      assert.ok(read);
      const words = recordings.flatMap(({ bytes }) => cleanText(bytes.toString('utf8')).split(/\n|(?= {4})/));
      const row = fc.oneof(
        fc.constantFrom('', ...words),
        fc.string({ unit: 'grapheme', maxLength: size.columns }),
      );
      fc.assert(
        fc.property(fc.array(row, { maxLength: size.rows }), (rows) => {
          assert.ok(read(rows).state);
        }),
        { numRuns: 300 },
      );
    });
  });
}
