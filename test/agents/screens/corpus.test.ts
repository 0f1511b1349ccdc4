// What terminals and streams of real clients showed, and what we make of it. See ../fixtures/README.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { resetTimeIn } from '../../../src/domain/reset-time.ts';
import { cleanText } from '../../../src/lib/clean-text.ts';
import { page, tableIn } from '../page.ts';
import { allFigures, type Figures, makeScreensTable, shareOf } from './figures.ts';
import { readers } from './readers.ts';
import { readRecordings, recordedClients, size } from './recording.ts';

const least = 0.98;

describe('what is read of recorded agents', () => {
  let figures: Figures[] = [];
  before(async () => {
    figures = await allFigures();
  });

  test('is right at 98 of 100 moments at least, of all and of each agent', () => {
    for (const some of [figures, ...figures.map((each) => [each])]) {
      const { right, all } = shareOf(some);
      assert.ok(all > 20 && right / all >= least, `${some.map(({ client }) => client)}: ${right} of ${all}`);
    }
  });

  test('is never idle where an agent was not', () => {
    assert.deepEqual(
      figures.filter(({ wrongIdle }) => wrongIdle > 0),
      [],
    );
  });

  test('cut anywhere, is never what was neither before nor after', () => {
    assert.deepEqual(
      figures.flatMap(({ misread }) => misread),
      [],
    );
  });

  test('is every state that an agent was brought into', () => {
    for (const { judged } of figures) {
      const right = new Set(judged.filter((each) => each.right).map(({ moment }) => moment.state));
      for (const { recording, moment } of judged)
        assert.ok(right.has(moment.state), `${recording.client}: ${moment.state}`);
    }
  });

  test('holds the time of day at which a window opens again, where screens alone tell it', () => {
    const noon = Date.parse('2026-11-20T12:00Z');
    for (const [client, minutes] of Object.entries({ 'claude-code': 14, codex: 65 })) {
      const judged = figures.find((each) => each.client === client)?.judged ?? [];
      const { reading } = judged.findLast(({ recording }) => recording.scene === 'usage-limit') ?? {};
      assert.ok(reading !== undefined && 'failure' in reading, client);
      const end = resetTimeIn(reading.failure.message, { at: noon, zone: 'UTC' });
      assert.equal(end, noon + (minutes + 1) * 60_000, reading.failure.message);
    }
  });

  test('is what docs/agents.md says', () => {
    const table = tableIn(readFileSync(page, 'utf8'), 'screens');
    assert.equal(table, makeScreensTable(figures), 'npm run test:agents -- --table');
  });
});

for (const client of recordedClients()) {
  const recordings = readRecordings(client);
  const read = readers[client];

  describe(`screens of ${client}`, () => {
    test('say nothing of the machine that they were recorded on', () => {
      for (const { scene, bytes } of recordings) {
        const text = bytes.toString('latin1');
        const paths = text.match(/\/(?:root|Users|work|home\/(?!user\b))\b[^\s"']{0,40}/g);
        assert.deepEqual([paths, text.match(/127\.0\.0\.1:(?!4010)\d+/g)], [null, null], scene);
      }
    });

    test('of rows that mean nothing are read without an error', () => {
      assert.ok(read);
      const words = recordings.flatMap(({ bytes }) =>
        cleanText(bytes.toString('utf8', 0, 30_000)).split(/\n|(?= {4})/),
      );
      const row = fc.oneof(
        fc.constantFrom(...new Set(['', ...words.slice(0, 5000)])),
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
