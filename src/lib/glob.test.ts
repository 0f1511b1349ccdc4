import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { matchesGlob } from './glob.ts';

function matching(glob: string, paths: string[]): string[] {
  return paths.filter((path) => matchesGlob(glob, path));
}

test('a star stays within a folder and two stars cross folders', () => {
  const paths = ['a.js', 'src/a.js', 'src/deep/er/a.js', 'src/a.ts'];
  assert.deepEqual(matching('*.js', paths), ['a.js']);
  assert.deepEqual(matching('src/*.js', paths), ['src/a.js']);
  assert.deepEqual(matching('**/*.js', paths), ['a.js', 'src/a.js', 'src/deep/er/a.js']);
  assert.deepEqual(matching('src/**', paths), ['src/a.js', 'src/deep/er/a.js', 'src/a.ts']);
  assert.deepEqual(matching('src/**/a.js', paths), ['src/a.js', 'src/deep/er/a.js']);
});

test('a plain name is that file, or that folder with all that is in it', () => {
  const paths = ['src', 'src/a.js', 'srcs/a.js', 'lib/src/a.js'];
  for (const glob of ['src', 'src/', './src', '/src/']) {
    assert.deepEqual(matching(glob, paths), ['src', 'src/a.js'], glob);
  }
  assert.deepEqual(matching('.', paths), paths);
});

test('sets, ranges, single characters and alternatives choose', () => {
  const paths = ['a1.c', 'a2.c', 'b1.c', 'a1.h', 'a-.c'];
  assert.deepEqual(matching('a[0-9].c', paths), ['a1.c', 'a2.c']);
  assert.deepEqual(matching('a[!0-9].c', paths), ['a-.c']);
  assert.deepEqual(matching('?1.{c,h}', paths), ['a1.c', 'b1.c', 'a1.h']);
  assert.deepEqual(matching('{a{1,2},b1}.c', paths), ['a1.c', 'a2.c', 'b1.c']);
});

test('characters that mean something to regular expressions are only characters', () => {
  assert.ok(matchesGlob('a+(b).js*', 'a+(b).js'));
  assert.ok(!matchesGlob('a.j?', 'axjs'));
  assert.ok(matchesGlob('src/{open*', 'src/{opened'));
  assert.ok(matchesGlob('src/[open*', 'src/[opened'));
});

test('a pattern matches itself when it has no special characters', () => {
  const name = fc.stringMatching(/^[a-z.+()$^|-]{1,8}$/).filter((part) => part !== '.');
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (parts) => {
      const path = parts.join('/');
      fc.pre(!path.startsWith('./'));
      assert.ok(matchesGlob(path, path));
      assert.ok(matchesGlob(`${path}*`, path));
      assert.ok(matchesGlob('**', path));
    }),
  );
});

test('many stars do not take exponential time', { timeout: 5000 }, () => {
  assert.ok(!matchesGlob(`${'*a'.repeat(40)}b`, 'a'.repeat(2000)));
  assert.ok(!matchesGlob(`${'**/a/'.repeat(30)}b`, 'a/'.repeat(500)));
});
