import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typableText } from './typable-text.ts';

test('a paste holds nothing that a terminal program takes for a key, and text as it was', () => {
  const cases: [string, string][] = [
    ['plain\n\ttext', 'plain\n\ttext'],
    ['\u0003\u0004\u001a\0\b\u007f\r\nx\r', '\nx'],
    ['\u001b[31mred', '[31mred'],
    ['in\u001b[201~\u001b[200~out\u009b201~', 'inout'],
    ['\u001b[20\u001b[201~1~', '[201~'],
    ['\u0080\u008d\u009f\u00a0ü', '\u00a0ü'],
    ['👩‍👩‍👧 e\u0301 \u202e', '👩‍👩‍👧 e\u0301 \u202e'],
    ['\ud800half', '\ufffdhalf'],
  ];
  for (const [given, typable] of cases) assert.equal(typableText(given), typable);
});
