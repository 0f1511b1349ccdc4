import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PolicyContext } from './rule.ts';
import { type Edit, lintIn, refused } from './test-support/edit.ts';

const edit: Edit = { before: 'a\n', after: 'b\n' };
const found = (edits: Record<string, Edit>, context: Partial<PolicyContext> = {}) =>
  refused(edits, context, 'protected-files');
const isRefused = (path: string, how: Edit = edit) => found({ [path]: how }).length > 0;
const added: Edit = { before: null, after: 'x\n' };
const deleted: Edit = { before: 'x\n', after: null };

describe('tests', () => {
  const tests = [
    'src/math.test.js',
    'src/__tests__/math.js',
    'test/fixtures/input.json',
    'tests/test_math.py',
    'math_test.go',
    'src/test/java/MathTest.java',
    'spec/math_spec.rb',
    'test.c',
    'tests/math.rs',
    'src/__snapshots__/a.snap',
    'MathTests.cs',
    'test-math.js',
    'run-tests.sh',
    'cli.bats',
  ];
  const sources = [
    'src/math.js',
    'src/contest.js',
    'src/latest.ts',
    'src/Testimonial.tsx',
    'attest.go',
    'docs/spec.md',
  ];

  test('by the conventions of many languages may not be edited or deleted, sources may', () => {
    assert.deepEqual(
      tests.filter((path) => !isRefused(path) || !isRefused(path, deleted)),
      [],
    );
    assert.deepEqual(
      sources.filter((path) => isRefused(path) || isRefused(path, deleted)),
      [],
    );
  });

  test('that fail may not be edited, whatever their file is called', () => {
    const testFiles = new Set(['check-math.mjs']);
    assert.deepEqual(found({ 'check-math.mjs': edit }, { testFiles }), ['protected-files: check-math.mjs']);
    assert.deepEqual(found({ 'math.mjs': edit }, { testFiles }), []);
  });

  test('inside source code do not keep the source from being mended', () => {
    const testFiles = new Set(['src/lib.rs', 'src/math.py']);
    const rust = {
      before: 'fn f() {}\n#[cfg(test)]\nmod tests {}\n',
      after: 'fn f() { g() }\n#[cfg(test)]\nmod tests {}\n',
    };
    const doctest = { before: 'def f():\n    """\n    >>> f()\n    1\n    """\n', after: 'x\n' };
    assert.deepEqual(found({ 'src/lib.rs': rust, 'src/math.py': doctest }, { testFiles }), []);
    assert.equal(found({ 'src/lib.rs': edit }, { testFiles }).length, 1);
  });

  test('may be added, but not renamed away, and not code that runners load by its name', () => {
    assert.deepEqual(found({ 'test/new.test.js': added, 'tests/test_new.py': added }), []);
    assert.deepEqual(found({ 'src/math.txt': { before: 'x\n', after: 'x\n', from: 'math.test.js' } }), [
      'protected-files: math.test.js, src/math.txt',
    ]);
    for (const path of ['tests/conftest.py', '__mocks__/fs.js', 'src/setupTests.ts', 'spec/spec_helper.rb']) {
      assert.ok(isRefused(path, added), path);
    }
    assert.ok(!isRefused('src/setup.js', added));
  });

  test('may be edited where the run allows it, or where the linter finds fault with them', () => {
    assert.deepEqual(found({ 'test/math.test.js': edit }, { allowTestEdits: true }), []);
    assert.deepEqual(found({ 'test/math.test.js': edit }, { targets: [lintIn('test/math.test.js')] }), []);
    assert.equal(found({ 'test/math.test.js': edit }, { targets: [lintIn('src/math.js')] }).length, 1);
  });

  test('are not freed by a message that is an assertion in disguise', () => {
    const message = lintIn('test.c', 12);
    const assertion = { ...message, title: 'Assertion `add(1, 2) == 3` failed' };
    assert.equal(found({ 'test.c': edit }, { targets: [assertion] }).length, 1);
    assert.equal(found({ 'test.c': edit }, { targets: [{ ...message, step: 's' }] }).length, 1);
    assert.equal(found({ 'test.c': edit }, { targets: [{ ...message, kind: 'test' }] }).length, 1);
    assert.equal(found({ 'test.c': edit }, { targets: [message] }).length, 0);
  });
});

test('configuration of tests, linters, builds and CI is not edited, added or deleted', () => {
  const paths = [
    'jest.config.js',
    'packages/a/vitest.config.mts',
    '.mocharc.json',
    '.nycrc',
    'pytest.ini',
    'tox.ini',
    '.coveragerc',
    'eslint.config.mjs',
    '.eslintrc.cjs',
    '.eslintignore',
    '.oxlintrc.json',
    'biome.json',
    'ruff.toml',
    '.flake8',
    'mypy.ini',
    '.pylintrc',
    'tsconfig.json',
    'tsconfig.build.json',
    '.golangci.yml',
    'clippy.toml',
    '.cargo/config.toml',
    'babel.config.json',
    'vite.config.ts',
    '.npmrc',
    '.github/workflows/ci.yml',
    '.gitlab-ci.yml',
    '.circleci/config.yml',
    '.husky/pre-commit',
    'Jenkinsfile',
    '.node-version',
    'sitecustomize.py',
  ];
  assert.deepEqual(
    paths.filter((path) => ![edit, added, deleted].every((how) => isRefused(path, how))),
    [],
  );
});

test('files that only look like configuration are free', () => {
  const paths = [
    'src/config.js',
    'src/eslint-rules.js',
    'docs/jest.md',
    'src/github.ts',
    'config/app.json',
    'vitest.md',
    'src/ci.ts',
    'nodes.js',
  ];
  assert.deepEqual(
    paths.filter((path) => isRefused(path)),
    [],
  );
});

test('files of ours, installed packages and stand-ins for test runners are not part of a change', () => {
  const paths = [
    'agent-orchestrator.yaml',
    '.ao/TASK.md',
    'TASK.md',
    'node_modules/jest/index.js',
    '.venv/lib/x.py',
    'pytest.py',
    'unittest/__init__.py',
  ];
  assert.deepEqual(
    paths.filter((path) => !isRefused(path, added)),
    [],
  );
  assert.ok(!isRefused('src/ao.ts', added));
  assert.ok(!isRefused('src/pytest_report.py', added));
});

test('a lock file changes only with its manifest', () => {
  const manifest = { before: '{"dependencies":{}}', after: '{"dependencies":{"a":"1.0.0"}}' };
  assert.ok(isRefused('package-lock.json'));
  assert.ok(isRefused('Cargo.lock', added));
  assert.deepEqual(found({ 'package-lock.json': edit, 'package.json': manifest }), []);
  assert.deepEqual(found({ 'pnpm-lock.yaml': edit, 'packages/a/package.json': manifest }), []);
  assert.equal(found({ 'a/package-lock.json': edit, 'b/package.json': manifest }).length, 1);
  assert.ok(!isRefused('go.sum'));
});
