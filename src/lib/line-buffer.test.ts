import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type LineState, maxLineLength, noLine, takeLines } from './line-buffer.ts';

function linesOf(...pieces: string[]): string[] {
  let state: LineState = noLine;
  return pieces.flatMap((piece) => {
    const taken = takeLines(state, piece);
    state = taken.state;
    return taken.lines;
  });
}

test('a line is taken when its end has come', () => {
  assert.deepEqual(linesOf('one\ntw'), ['one']);
  assert.deepEqual(linesOf('one\ntw', 'o\r', '\nthree'), ['one', 'two']);
});

test('of a line that was overwritten only the last version that showed something is taken', () => {
  assert.deepEqual(linesOf('10%\r50%\r100%\n'), ['100%']);
  assert.deepEqual(linesOf('100%\r\u001b[K\n'), ['100%']);
  assert.deepEqual(linesOf('100%\r\r\n', '\rx\n'), ['100%', 'x']);
});

test('blank lines are left out', () => {
  assert.deepEqual(linesOf('\n  \n\u001b[0m\n\r\n a\n'), [' a']);
});

test('a line without end takes bounded memory and does not hide the next one', () => {
  let state: LineState = noLine;
  for (let i = 0; i < 160; i++) state = takeLines(state, 'x'.repeat(65_536)).state;
  assert.equal(JSON.stringify(state).length < maxLineLength + 100, true);
  const { lines } = takeLines(state, '\nnext\n');
  assert.deepEqual(lines, ['x'.repeat(maxLineLength), 'next']);
});

test('a line that is cut within a character holds no half of it', () => {
  const [line = ''] = linesOf(`${'x'.repeat(maxLineLength - 1)}🙂\n`);
  assert.equal(line.isWellFormed(), true);
});

test('a progress bar of megabytes is read in time that grows with its length alone', () => {
  const bar = '\u001b[2K\rworking 12%'.repeat(400_000);
  const started = performance.now();
  assert.deepEqual(linesOf(bar, '\n'), ['working 12%']);
  assert(performance.now() - started < 5000);
});

test('lines do not depend on how the text was cut', () => {
  const unit = fc.constantFrom('a', 'b ', '\n', '\r', '\r\n', '\u001b[31m', '\u001b', '[', '🙂', '\ud83d');
  const pieces = fc.array(fc.array(unit).map((list) => list.join('')));
  fc.assert(fc.property(pieces, (list) => assert.deepEqual(linesOf(...list), linesOf(list.join('')))));
});
