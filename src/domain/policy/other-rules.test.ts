import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { applyPolicy, pathsToRead, rules } from './index.ts';
import { MAX_BINARY_BYTES, MAX_FILES, MAX_LINE_LENGTH, MAX_LINES } from './size.ts';
import { adding, type Edit, fileChange, refused } from './test-support/edit.ts';

const edit: Edit = { before: 'a\n', after: 'b\n' };

test('an honest change to a source file passes every rule', () => {
  const edits = { ...adding('src/math.js', 'export const add = (a, b) => a + b;'), 'README.md': edit };
  assert.deepEqual(refused(edits, { scope: '{src/**,*.md}', testFiles: new Set(['test/math.test.js']) }), []);
});

describe('git-attributes', () => {
  const found = (path: string, line: string) => refused(adding(path, line), {}, 'git-attributes').length > 0;

  test('may not name what git would run', () => {
    for (const line of [
      '*.js filter=evil',
      '*.c diff=x',
      '* merge=ours',
      '[attr]safe filter=evil',
      'a working-tree-encoding=UTF-16',
    ]) {
      assert.ok(found('.gitattributes', line), line);
      assert.ok(found('src/.gitattributes', line), line);
    }
  });

  test('may say how lines end and what is binary', () => {
    for (const line of [
      '* text=auto eol=lf',
      '*.png binary',
      '*.lock -diff',
      'a -merge',
      '# filter=none here',
    ]) {
      if (!line.startsWith('#')) assert.ok(!found('.gitattributes', line), line);
      assert.ok(!found('src/attributes.txt', line), line);
    }
  });

  test('may not stay silent on submodules and LFS servers', () => {
    assert.deepEqual(
      refused({ '.gitmodules': edit, 'sub/.lfsconfig': { after: 'x\n' } }, {}, 'git-attributes'),
      ['git-attributes: .gitmodules, sub/.lfsconfig'],
    );
  });
});

describe('special-files', () => {
  const link = (path: string, target: string) =>
    refused({ [path]: { before: null, after: target, mode: '120000' } }, {}, 'special-files').length > 0;

  test('a symbolic link may not lead out of the repository or into .git', () => {
    assert.ok(link('a', '/etc/passwd'));
    assert.ok(link('src/a', '../../x'));
    assert.ok(link('a', 'src/../../x'));
    assert.ok(link('a', '.git/config'));
    assert.ok(link('a', 'C:\\x'));
  });

  test('a symbolic link within the repository may be added', () => {
    assert.ok(!link('src/a', '../lib/b'));
    assert.ok(!link('a', './b'));
    assert.ok(!link('a', '..b/c'));
  });

  test('submodules and paths inside .git are refused, executable files are not', () => {
    const special = (path: string, mode: string) =>
      refused({ [path]: { ...edit, mode } }, {}, 'special-files').length > 0;
    assert.ok(special('lib', '160000'));
    assert.ok(special('x/.GIT/hooks/pre-commit', '100755'));
    assert.ok(!special('run.sh', '100755'));
  });
});

test('scope: every path, also the one before a rename, has to match the glob', () => {
  const found = (edits: Record<string, Edit>) => refused(edits, { scope: 'src/**' }, 'scope');
  assert.deepEqual(found({ 'src/a.js': edit, 'lib/b.js': edit }), ['scope: lib/b.js']);
  assert.deepEqual(found({ 'src/a.js': { ...edit, from: 'lib/a.js' } }), ['scope: lib/a.js']);
  assert.deepEqual(found({ 'src/deep/a.js': edit }), []);
});

describe('size', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`src/f${i}.js`, edit]));
  const lines = (count: number, path = 'src/a.js') =>
    refused({ [path]: { after: 'x\n'.repeat(count) } }, {}, 'size').length > 0;

  test('counts files', () => {
    assert.deepEqual(refused(many(MAX_FILES), {}, 'size'), []);
    assert.deepEqual(refused(many(MAX_FILES + 1), {}, 'size'), ['size: ']);
  });

  test('counts lines added and removed, but not those of lock files', () => {
    assert.ok(!lines(MAX_LINES));
    assert.ok(lines(MAX_LINES + 1));
    const both = { 'src/a.js': { before: 'a\n'.repeat(500), after: 'b\n'.repeat(400) } };
    assert.equal(refused(both, {}, 'size').length, 1);
    assert.ok(!lines(5000, 'package-lock.json'));
  });

  test('refuses a line that nobody can read, and reads no further', { timeout: 5000 }, () => {
    const after = `${'sys.modules '.repeat(200_000)}\n`;
    assert.deepEqual(refused({ 'src/a.py': { after }, '.npmrc': edit }), ['size: ']);
    assert.deepEqual(refused({ 'src/a.js': { after: `${'x'.repeat(MAX_LINE_LENGTH)}\n` } }), []);
  });

  test('counts a binary file as one file without lines', () => {
    const picture = (bytes: number): Edit => ({ after: '', binary: true, bytes });
    assert.deepEqual(refused({ 'src/a.png': picture(MAX_BINARY_BYTES) }, {}, 'size'), []);
  });

  test('refuses binary files that are together too large', () => {
    const half: Edit = { after: '', binary: true, bytes: MAX_BINARY_BYTES / 2 + 1 };
    assert.deepEqual(refused({ core: half, 'a.png': half }, {}, 'size'), ['size: ']);
  });
});

test('the texts that rules read are those of all text files, before a rename too', () => {
  const files = [
    fileChange('b.js', { ...edit, from: 'a.js' }),
    fileChange('c.png', { after: '', binary: true }),
    fileChange('a.js', edit),
  ];
  assert.deepEqual(pathsToRead(files), ['a.js', 'b.js']);
});

test('every rule has a name of its own', () => {
  assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
});

test('no change makes a rule throw or take long', { timeout: 20_000 }, () => {
  const path = fc.constantFrom(
    'a.js',
    'test/a.test.js',
    'package.json',
    'Makefile',
    '.gitattributes',
    'constructor',
    'x.py',
  );
  const text = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('assert(', '// ', '#[', 'test(', 'a'.repeat(5000)),
      ),
    )
    .map((parts) => parts.join(''));
  const edits = fc.dictionary(
    path,
    fc.record({ before: fc.option(text), after: fc.option(text), mode: fc.constantFrom('100644', '120000') }),
  );
  fc.assert(
    fc.property(edits, fc.boolean(), (some, allowTestEdits) => {
      for (const problem of refused({ ...some }, { allowTestEdits, scope: '*.js' }))
        assert.match(problem, /^[a-z-]+: /);
    }),
  );
  assert.deepEqual(
    applyPolicy(
      { files: [], readBefore: () => null, readAfter: () => null },
      { targets: [], testFiles: new Set(), scope: null, allowTestEdits: false },
    ),
    [],
  );
});
