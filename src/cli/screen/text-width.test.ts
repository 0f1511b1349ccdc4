import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { column, fit, oneLine, textWidth } from './text-width.ts';

test('East Asian and emoji characters take two columns, combining ones none', () => {
  assert.equal(textWidth('plain'), 5);
  assert.equal(textWidth('購物車'), 6);
  assert.equal(textWidth('한글'), 4);
  assert.equal(textWidth('ｆｕｌｌ'), 8);
  assert.equal(textWidth('🛒'), 2);
  assert.equal(textWidth('👩‍👩‍👧'), 2);
  assert.equal(textWidth('e\u0301te\u0301'), 3);
  assert.equal(textWidth('zero\u200bwidth'), 9);
  assert.equal(textWidth('…·–é'), 4);
});

test('text is cut between characters and says so', () => {
  assert.equal(fit('short', 5), 'short');
  assert.equal(fit('longer', 5), 'long…');
  assert.equal(fit('購物車', 5), '購物…');
  assert.equal(fit('購物車', 4), '購…');
  assert.equal(fit('two words', 5), 'two…');
  assert.equal(fit('anything', 1), '…');
  assert.equal(fit('anything', 0), '');
});

test('no text is wider than its column, and a column is always as wide as it says', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map(oneLine);
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 30 }), (given, columns) => {
      assert.ok(textWidth(fit(given, columns)) <= columns);
      assert.equal(textWidth(column(given, columns)), columns);
    }),
  );
});

test('text from outside becomes one line without escape sequences', () => {
  assert.equal(oneLine('\x1b[2J\x1b]0;title\x07red\x1b[31m  text\r\n\tgoes on\x00'), 'red text goes on');
});
