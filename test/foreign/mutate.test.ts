import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inverse, isFarFrom, mutate, mutationsOf } from './mutate.ts';

const source = [
  '// a < b',
  'function first(list, n) {',
  '  if (!list || n < 0) {',
  '    return null;',
  '  }',
  '  return list.slice(0, n + 1);',
  '}',
].join('\n');

const [first = assert.fail()] = mutationsOf('a.js', source);

test('mistakes are made in code and not in comments, one at a time', () => {
  const made = mutationsOf('a.js', source).map(({ line, after }) => `${line} ${after.trim()}`);
  assert.deepEqual(made, [
    '2 if (!list || n >= 0) {',
    '2 if (list || n < 0) {',
    '2 if (!list && n < 0) {',
    '3 return; return null;',
    '5 return list.slice(0, n + 2);',
    '5 return; return list.slice(0, n + 1);',
  ]);
  assert.deepEqual(
    mutationsOf('a.py', 'if not x and y:\n    return x').map(({ after }) => after.trim()),
    ['if x and y:', 'if not x or y:', 'return None; return x'],
  );
});

test('each mistake is mended by its inverse, at its place where the same line stands twice', () => {
  const twice = `${source}\n${source.replace('first', 'second')}`;
  for (const mutation of mutationsOf('a.js', twice)) {
    const broken = mutate(twice, mutation);
    const { from, to } = inverse(broken, mutation);
    assert.equal(
      broken.replace(from, () => to),
      twice,
    );
  }
  assert.throws(() => inverse(twice, first), /is not broken/);
});

test('two mistakes are kept apart', () => {
  assert.equal(isFarFrom({ ...first, line: 9 }, [first]), false);
  assert.equal(isFarFrom({ ...first, line: 10 }, [first]), true);
  assert.equal(isFarFrom({ ...first, file: 'b.js' }, [first]), true);
});
