import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cleanText } from './clean-text.ts';

test('escape sequences go, text stays', () => {
  const cases: [string, string][] = [
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b[38:2::1:2:3mtrue\u001b[m colour', 'true colour'],
    ['\u001b[?25l\u001b[2J\u001b[10;20Hat', 'at'],
    ['\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'alink'],
    ['\u001bPq#0;2\u001b\\sixel\u001b(B\u001b7\u001b=', 'sixel'],
    ['\u009b31mc1\u001b', 'c1'],
    ['tab\tline\nend\r', 'tab\tline\nend'],
    ['bell\u0007 back\b\b null\0 del\u007f', 'bell back null del'],
    ['turned \u202earound\u202c \u2066x\u2069', 'turned around x'],
    ['plain [31m ünïcode 🙂', 'plain [31m ünïcode 🙂'],
  ];
  for (const [text, clean] of cases) assert.equal(cleanText(text), clean);
});

test('nothing that a terminal would act on is left, whatever the text', () => {
  const unit = fc.constantFrom(
    '\u001b',
    '[',
    ']',
    '31',
    ';',
    'm',
    'P',
    '\\',
    '\u0007',
    '\u009b',
    '\u0000',
    '\r',
    'x',
  );
  const text = fc.oneof(
    fc.array(unit).map((list) => list.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (input) => {
      for (const character of cleanText(input)) {
        const code = character.codePointAt(0) ?? 0;
        assert(
          (code >= 0x20 && code !== 0x7f && !(code >= 0x80 && code < 0xa0)) || '\t\n'.includes(character),
        );
      }
    }),
  );
});

test('unfinished sequences do not make it slow', () => {
  const started = performance.now();
  for (const start of ['\u001b]', '\u001b[', '\u001bP', '\u001b[1', '\u001b '])
    cleanText(start.repeat(500_000));
  assert(performance.now() - started < 5000);
});
