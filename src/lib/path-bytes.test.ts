import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { joinWithNul, pathFromBytes, pathToBytes, splitAtNul } from './path-bytes.ts';

test('any bytes survive the way to a path and back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.deepEqual(pathToBytes(pathFromBytes(bytes)), Buffer.from(bytes));
    }),
  );
});

test('names that are text are read as that text, in any script', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      assert.equal(pathFromBytes(Buffer.from(name)), name);
    }),
  );
});

test('what is text in a name that is not stays readable, and JSON keeps all of it', () => {
  const bytes = Buffer.concat([Buffer.from('día/'), Buffer.from([0xe9, 0xff]), Buffer.from('\u{1f600}.txt')]);
  const name = pathFromBytes(bytes);
  assert.match(name, /^día\/..\u{1f600}\.txt$/u);
  assert.deepEqual(pathToBytes(JSON.parse(JSON.stringify(name))), bytes);
});

test('records end with a NUL and may be empty', () => {
  assert.deepEqual(splitAtNul(Buffer.from('a\0\0b c\n\0')).map(String), ['a', '', 'b c\n']);
  assert.deepEqual(splitAtNul(joinWithNul(['x', 'caf\udce9'])).map(pathFromBytes), ['x', 'caf\udce9']);
  assert.deepEqual(splitAtNul(Buffer.alloc(0)), []);
});
