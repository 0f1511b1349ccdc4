import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { changedParts, isMixed } from './mixed-files.ts';
import { refused } from './test-support/edit.ts';

describe('package.json', () => {
  const base = {
    name: 'x',
    version: '1.0.0',
    scripts: { test: 'node --test' },
    dependencies: { a: '^1.0.0' },
  };
  const parts = (after: object, before: object = base) =>
    changedParts('package.json', JSON.stringify(before), JSON.stringify(after));

  test('may change its dependencies and what it says of the package', () => {
    assert.deepEqual(parts({ ...base, version: '2.0.0', dependencies: { a: '^2.0.0', '@s/b': '1' } }), []);
    assert.deepEqual(parts({ ...base, main: 'x.js', files: ['x.js'] }), []);
  });

  test('may not change its scripts or the settings of test runners and linters', () => {
    assert.deepEqual(parts({ ...base, scripts: { test: 'true' } }), ['scripts']);
    assert.deepEqual(parts({ ...base, jest: { testPathIgnorePatterns: ['math'] } }), ['jest']);
    assert.deepEqual(parts({ ...base, eslintConfig: {}, overrides: { jest: '1' } }), [
      'eslintConfig',
      'overrides',
    ]);
    assert.deepEqual(parts(base, { ...base, workspaces: ['packages/*'] }), ['workspaces']);
  });

  test('may be written anew with other layout and order', () => {
    const before = '{"scripts":{"a":"1","b":"2"},"name":"x"}';
    const after = '{\n  "name": "x",\n  "scripts": { "b": "2", "a": "1" }\n}\n';
    assert.deepEqual(changedParts('package.json', before, after), []);
  });

  test('may not take a package from elsewhere under the name of another', () => {
    for (const version of [
      'file:./fake',
      'npm:other@1',
      'git+ssh://h/x.git',
      'someone/fork',
      'https://h/x.tgz',
      'link:x',
    ]) {
      assert.deepEqual(parts({ ...base, dependencies: { a: version } }), ['dependencies.a'], version);
    }
    const linked = { ...base, dependencies: { a: 'file:./a' } };
    assert.deepEqual(parts({ ...linked, version: '2.0.0' }, linked), []);
    assert.deepEqual(parts({ ...base, dependencies: { a: 'workspace:*', b: '>=1 <2', c: 'latest' } }), []);
  });

  test('that cannot be read is changed as a whole', () => {
    assert.deepEqual(changedParts('package.json', JSON.stringify(base), '{'), ['all of it']);
  });

  test('a new one in a folder may not bring scripts', () => {
    assert.deepEqual(changedParts('sub/package.json', null, '{"scripts":{"test":"true"}}'), ['scripts']);
    assert.deepEqual(changedParts('sub/package.json', null, '{"type":"module"}'), []);
  });
});

describe('sections of Python and Rust projects', () => {
  const pyproject =
    '[project]\nname = "x"\ndependencies = []\n\n[tool.pytest.ini_options]\naddopts = "-q"\n\n[tool.ruff]\nselect = ["E"]\n';

  test('on dependencies may change, those on tools may not', () => {
    const parts = (after: string) => changedParts('pyproject.toml', pyproject, after);
    assert.deepEqual(parts(pyproject.replace('dependencies = []', 'dependencies = ["requests"]')), []);
    assert.deepEqual(parts(pyproject.replace('-q', '-q --ignore=tests/x.py')), ['tool.pytest.ini_options']);
    assert.deepEqual(parts(pyproject.replace('"E"', '')), ['tool.ruff']);
    assert.deepEqual(parts(`${pyproject}\n[tool.ruff.lint]\nignore = ["E501"]\n`), ['tool.ruff.lint']);
    assert.deepEqual(parts(`tool.ruff.ignore = ["E"]\n${pyproject}`), ['']);
    assert.deepEqual(parts(`${pyproject}# a comment\n`), []);
  });

  test('of setup.cfg are free where they describe the package', () => {
    const before =
      '[metadata]\nname = x\n[options]\ninstall_requires =\n  a\n[flake8]\nmax-line-length = 80\n';
    assert.deepEqual(changedParts('setup.cfg', before, before.replace('  a', '  a\n  b')), []);
    assert.deepEqual(changedParts('setup.cfg', before, before.replace('80', '800')), ['flake8']);
  });

  test('of Cargo.toml are free but for tests, lints and profiles', () => {
    const before = '[package]\nname = "x"\n\n[dependencies]\nserde = "1"\n';
    assert.deepEqual(changedParts('Cargo.toml', before, `${before}rand = "0.8"\n`), []);
    assert.deepEqual(changedParts('Cargo.toml', before, before.replace('name', 'autotests = false\nname')), [
      'switches',
    ]);
    assert.deepEqual(changedParts('Cargo.toml', before, `${before}[lints.rust]\nunused = "allow"\n`), [
      'lints.rust',
    ]);
  });
});

describe('a Makefile', () => {
  const before = [
    'CFLAGS = -Wall',
    'OBJS = main.o util.o',
    'prog: $(OBJS)',
    '\t$(CC) -o $@ $^',
    '',
    'test: prog test_util',
    '\t./test_util',
    '\tsh run_tests.sh',
    '.PHONY: test',
    '',
  ].join('\n');
  const isRefused = (after: string) => changedParts('Makefile', before, after).length > 0;

  test('may get sources, libraries and flags', () => {
    assert.ok(!isRefused(before.replace('util.o', 'util.o tax.o')));
    assert.ok(!isRefused(before.replace('$^', '$^ -lm')));
    assert.ok(!isRefused(before.replace('-Wall', '-Wall -Iinclude')));
    assert.ok(!isRefused(before.replace('.PHONY: test', '.PHONY: test clean\nclean:\n\trm -f *.o')));
  });

  test('may not ask less of its tests, or ignore their failure', () => {
    assert.ok(isRefused(before.replace('\t./test_util\n', '')));
    assert.ok(isRefused(before.replace('test: prog test_util', 'test: prog')));
    assert.ok(isRefused(before.replace('\tsh run_tests.sh', '\tsh run_tests.sh || true')));
    assert.ok(isRefused(before.replace('\t./test_util', '\t-./test_util')));
    assert.ok(isRefused(before.replace('-Wall', '-Wall -DNDEBUG')));
    assert.ok(isRefused(`SHELL = /bin/true\n${before}`));
    assert.ok(isRefused(`MAKEFLAGS += -i\n${before}`));
    assert.ok(isRefused(`include more.mk\n${before}`));
    assert.ok(isRefused(`.IGNORE:\n${before}`));
    assert.ok(isRefused(before.replace('\t./test_util\n', 'ifdef X\n\t./test_util\nendif\n')));
    assert.ok(
      isRefused(before.replace('test: prog', 'ifeq (0,1)\ntest: prog').replace('.PHONY', 'endif\n.PHONY')),
    );
    const optional = before.replace('\t./test_util\n', 'ifdef X\n\t./test_util\nendif\n');
    const without = optional.replace('\tsh run_tests.sh\n', '');
    assert.ok(changedParts('Makefile', optional, without).length > 0);
    assert.ok(isRefused(before.replace('prog: $(OBJS)\n\t$(CC)', 'prog: $(OBJS)\n\t-$(CC)')));
  });
});

test('build files may change but for the lines on tests', () => {
  const before = 'add_executable(app main.c)\nadd_test(NAME all COMMAND run)\n';
  assert.deepEqual(changedParts('CMakeLists.txt', before, before.replace('main.c', 'main.c util.c')), []);
  assert.equal(
    changedParts('CMakeLists.txt', before, before.replace('COMMAND run', 'COMMAND true')).length,
    1,
  );
});

test('only files that hold both are read', () => {
  assert.ok(isMixed('a/package.json') && isMixed('Makefile') && isMixed('rules.mk'));
  assert.ok(!isMixed('src/package.json.js') && !isMixed('mypackage.json') && !isMixed('src/makefile.ts'));
});

test('the rule names the parts, and the file is put back', () => {
  const edits = {
    'package.json': { before: '{"scripts":{"test":"a"}}', after: '{"scripts":{"test":"true"}}' },
  };
  assert.deepEqual(refused(edits, {}, 'protected-files'), ['protected-files: package.json']);
});

test('no text makes a reader throw, and a file never differs from itself', () => {
  const path = fc.constantFrom(
    'package.json',
    'pyproject.toml',
    'setup.cfg',
    'Cargo.toml',
    'Makefile',
    'deno.json',
  );
  const lines = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('[tool.ruff]', 'test:', '\trun', '{', '"scripts"', '}', '[[', ']]', '\\'),
    ),
  );
  fc.assert(
    fc.property(path, lines, lines, (file, one, other) => {
      assert.deepEqual(changedParts(file, one.join('\n'), one.join('\n')), []);
      changedParts(file, one.join('\n'), other.join('\n'));
    }),
  );
});
