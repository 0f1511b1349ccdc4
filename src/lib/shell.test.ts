import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { quoted } from './shell.ts';

test('a quoted word is the same word to a shell', () => {
  const words = [
    '/home/me/shop',
    'two words',
    "it's",
    '$(id) `id` "x" \\',
    '',
    '-n',
    'a;b&c|d>e*',
    'two\nlines',
    'ü',
  ];
  for (const word of words) {
    const seen = execFileSync('/bin/sh', ['-c', `printf '<%s>' ${quoted(word)}`], { encoding: 'utf8' });
    assert.equal(seen, `<${word}>`);
  }
});
