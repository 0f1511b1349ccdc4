import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { erase, redraw } from './redraw.ts';
import { Terminal } from './test-support/terminal.ts';

const picture = fc.array(fc.constantFrom('', 'a', 'bb', 'a longer line', 'x'.repeat(20)), { maxLength: 9 });

test('whatever was on the screen, what is drawn stands there afterwards, below what was there before', () => {
  fc.assert(
    fc.property(fc.array(picture, { maxLength: 6 }), (pictures) => {
      const terminal = new Terminal(21, 10);
      terminal.write('$ ao fix\r\n');
      let before: string[] = [];
      for (const after of pictures) {
        terminal.write(redraw(before, after));
        assert.deepEqual(
          terminal.lines.map((line) => line.trimEnd()),
          ['$ ao fix', ...after, ''],
        );
        before = after;
      }
    }),
  );
});

test('a picture that did not change writes nothing, and of one that did only what is new', () => {
  assert.equal(redraw(['one', 'two'], ['one', 'two']), '');
  const bytes = redraw(['one', 'two', 'three'], ['one', 'TWO', 'three']);
  assert.ok(bytes.includes('TWO'));
  assert.ok(!bytes.includes('one') && !bytes.includes('three'));
});

test('an update is announced as one, so that no half of it is shown', () => {
  const bytes = redraw([], ['line']);
  assert.ok(bytes.startsWith('\x1b[?2026h') && bytes.endsWith('\x1b[?2026l'));
});

test('lines that a narrower window has wrapped are erased to the last piece', () => {
  fc.assert(
    fc.property(picture, picture, fc.integer({ min: 3, max: 20 }), (before, after, columns) => {
      const terminal = new Terminal(21, 200);
      terminal.write('$ ao\r\n');
      terminal.write(redraw([], before));
      terminal.resize(columns);
      terminal.write(erase(before, columns));
      const fitted = after.map((line) => line.slice(0, columns - 1));
      terminal.write(redraw([], fitted));
      assert.deepEqual(terminal.lines, [
        ...('$ ao'.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []),
        ...fitted,
        '',
      ]);
    }),
  );
});
