import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CappedOutput } from './capped-output.ts';

function collect(maxBytes: number, pieces: readonly (string | Uint8Array)[]): CappedOutput {
  const output = new CappedOutput(maxBytes);
  for (const piece of pieces) output.add(Buffer.from(piece));
  return output;
}

test('output up to the limit is kept whole', () => {
  const output = collect(10, ['abc', 'defghi', 'j']);
  assert.equal(output.toString(), 'abcdefghij');
  assert.equal(output.truncated, false);
});

test('of more output the head and the tail are kept, with what is missing named between them', () => {
  const output = collect(10, ['abcdefghijk', 'lm', 'nopqrstuvwxyz']);
  assert.equal(output.toString(), 'abcde\n[… 16 bytes left out …]\nvwxyz');
  assert.equal(output.truncated, true);
});

test('a character that the cut goes through is left out, and damaged bytes are shown as such', () => {
  assert.equal(collect(10, ['abcd🙂 and 🙂xyz']).toString(), 'abcd\n[… 10 bytes left out …]\nxyz');
  assert.equal(collect(10, [Buffer.from([0x61, 0xff, 0x62])]).toString(), 'a\ufffdb');
});

test('what is kept does not depend on how the output arrived', () => {
  const pieces = fc.array(fc.string({ unit: 'grapheme-ascii' }));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 2, max: 40 }), (list, maxBytes) => {
      const whole = list.join('');
      const output = collect(maxBytes, list);
      const half = Math.floor(maxBytes / 2);
      const left = whole.length - maxBytes;
      const kept = `${whole.slice(0, half)}\n[… ${left} bytes left out …]\n${whole.slice(half + left)}`;
      assert.equal(output.toString(), left > 0 ? kept : whole);
    }),
  );
});
