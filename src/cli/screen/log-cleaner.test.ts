import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { LogCleaner } from './log-cleaner.ts';

function cleaned(...pieces: (string | Uint8Array)[]): string {
  const cleaner = new LogCleaner();
  return pieces.map((piece) => cleaner.take(Buffer.from(piece))).join('') + cleaner.end();
}

test('control sequences go, lines, blank ones too, stay', () => {
  assert.equal(cleaned('\x1b[31mred\x1b[0m\n\n\x1b]0;title\x07plain\x1b[2J\n'), 'red\n\nplain\n');
});

test('of a line that was overwritten the last version is shown', () => {
  assert.equal(cleaned('10%\r50%\r100%\r\ndone\r\n'), '100%\ndone\n');
});

test('an unfinished last line is shown and finished', () => {
  assert.equal(cleaned('one\ntwo'), 'one\ntwo\n');
  assert.equal(cleaned(''), '');
});

test('it makes no difference how the bytes arrive', () => {
  const bytes = Buffer.from('grün \x1b[1m購物\x1b[0m\r\nzweite\x1b]0;x\x07 Zeile\n…');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      assert.equal(cleaned(...pieces), cleaned(bytes));
    }),
  );
});
