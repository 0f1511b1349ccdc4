import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { ArgvError, parseArgv } from './argv.ts';

describe('a list of arguments', () => {
  test('is cut and unquoted as a POSIX shell does it', () => {
    const texts = [
      'a b  c\td',
      `'single $x "y"' "double \\$x \\"y\\" \\q 'z'"`,
      `glued'to 'gether" now" a\\ b \\' \\" \\\\`,
      `x '' "" x''y`,
      'a \\\nb c\\\nd "e\\\nf"',
      "  trailing 'quote'  ",
      'ünï "🙂 x" a=b -- --x=y',
    ];
    for (const text of texts) {
      const script = `printf '%s\\0' ${text}`;
      const shell = execFileSync('/bin/sh', ['-c', script]).toString().split('\0').slice(0, -1);
      assert.deepEqual(parseArgv(text), shell, text);
    }
  });

  test('is not expanded', () => {
    assert.deepEqual(parseArgv('run $HOME ~ *.js {a,b} #x'), ['run', '$HOME', '~', '*.js', '{a,b}', '#x']);
  });

  test('may be a JSON array', () => {
    assert.deepEqual(parseArgv(' ["a b", "", "\\"{prompt}\\""]'), ['a b', '', '"{prompt}"']);
  });

  test('comes back from quoting unchanged, whatever it holds', () => {
    const word = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));
    const words = fc.array(word, { minLength: 1 }).filter(([program]) => program !== '');
    const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    fc.assert(fc.property(words, (list) => assert.deepEqual(parseArgv(list.map(quote).join(' ')), list)));
    fc.assert(fc.property(words, (list) => assert.deepEqual(parseArgv(JSON.stringify(list)), list)));
  });

  test('is either read or refused with a column, whatever the text', () => {
    const text = fc
      .array(fc.constantFrom('a', ' ', "'", '"', '\\', '$', '(', '|', '\n', '[', ']', ',', '🙂'))
      .map((l) => l.join(''));
    fc.assert(
      fc.property(text, (input) => {
        try {
          assert(parseArgv(input).length > 0);
        } catch (error) {
          assert(error instanceof ArgvError, String(error));
          assert(error.column >= 1 && error.column <= input.length + 1, error.message);
        }
      }),
    );
  });

  test('is refused where it makes no sense, with the column of the mistake', () => {
    const cases: [string, RegExp, number][] = [
      ['', /no program/, 1],
      ["''", /no program/, 1],
      ['[]', /no program/, 1],
      ["tool 'open", /' is never closed/, 6],
      ['tool "open \\"', /" is never closed/, 6],
      ['tool \\', /nothing follows the backslash/, 6],
      ['tool | cat', /\| does nothing/, 6],
      ['tool $(date)', /\$ does nothing/, 6],
      ['["a", 1]', /element 2 .* not a string/, 1],
      ['["a" "b"]', /not a JSON array/, 6],
      ['["a\\u0000"]', /NUL/, 1],
    ];
    for (const [text, message, column] of cases)
      assert.throws(() => parseArgv(text), { message, column }, text);
  });
});
