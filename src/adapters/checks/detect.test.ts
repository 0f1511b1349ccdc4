import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectChecks } from './detect.ts';
import type { Files } from './test-support/projects/project.ts';
import { inProject } from './test-support/recordings.ts';

const json = (value: unknown): string => JSON.stringify(value);
const unittest = 'import unittest\n\n\nclass A(unittest.TestCase):\n    pass\n';

const cases: [what: string, files: Files, checks: Record<string, string>][] = [
  ['nothing', { 'README.md': '' }, {}],
  [
    'scripts of package.json',
    {
      'package.json': json({
        scripts: { test: 'node --test', lint: 'eslint .', 'type-check': 'tsc', build: 'tsc', x: 'y' },
      }),
    },
    { test: 'npm test', lint: 'npm run lint', types: 'npm run type-check' },
  ],
  [
    'no placeholder',
    {
      'package.json': json({ scripts: { test: 'echo "Error: no test specified" && exit 1', build: 'tsc' } }),
    },
    { build: 'npm run build' },
  ],
  ['pnpm', { 'package.json': json({ scripts: { test: 'x' } }), 'pnpm-lock.yaml': '' }, { test: 'pnpm test' }],
  ['yarn', { 'package.json': json({ scripts: { lint: 'x' } }), 'yarn.lock': '' }, { lint: 'yarn run lint' }],
  [
    'bun',
    { 'package.json': json({ scripts: { test: 'x' }, packageManager: 'bun@1.2.0' }) },
    { test: 'bun run test' },
  ],
  ['a broken package.json', { 'package.json': '{' }, {}],
  [
    'pytest by its settings',
    { 'pyproject.toml': '[tool.pytest.ini_options]\n' },
    { test: 'python3 -m pytest' },
  ],
  ['pytest by an import', { 'tests/test_a.py': 'import pytest\n' }, { test: 'python3 -m pytest' }],
  [
    'pytest by bare functions',
    { 'tests/test_a.py': 'def test_a():\n    pass\n' },
    { test: 'python3 -m pytest' },
  ],
  ['unittest', { 'test_a.py': unittest }, { test: 'python3 -m unittest discover -v' }],
  [
    'unittest in a package',
    { 'tests/test_a.py': unittest, 'tests/__init__.py': '' },
    { test: 'python3 -m unittest discover -v' },
  ],
  [
    'unittest in a folder',
    { 'tests/test_a.py': unittest },
    { test: 'python3 -m unittest discover -v -s tests' },
  ],
  ['go', { 'go.mod': 'module x\n' }, { 'go-test': 'go test ./...', 'go-vet': 'go vet ./...' }],
  ['cargo', { 'Cargo.toml': '' }, { 'cargo-test': 'cargo test' }],
  ['make', { Makefile: 'all:\n\ttrue\ncheck: all\n\ttrue\n' }, { check: 'make check' }],
  [
    'make only where nothing says more',
    { Makefile: 'test:\n\tpytest\n', 'pytest.ini': '' },
    { test: 'python3 -m pytest' },
  ],
  [
    'two languages',
    { 'package.json': json({ scripts: { test: 'node --test' } }), 'test_a.py': unittest },
    { test: 'npm test', unittest: 'python3 -m unittest discover -v' },
  ],
  [
    'a script that calls the other language',
    { 'package.json': json({ scripts: { test: 'pytest' } }), 'conftest.py': '' },
    { test: 'npm test' },
  ],
];

for (const [what, files, expected] of cases) {
  test(`detects ${what}`, async () => {
    const found = await inProject(files, (root) => detectChecks(root));
    assert.deepEqual(Object.fromEntries(found.map(({ name, command }) => [name, command])), expected);
  });
}
