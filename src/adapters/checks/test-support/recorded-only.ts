import type { Files } from './projects.ts';

/** Projects whose output is recorded for what is special about it: files that do not load, hooks, several tools. */
export interface RecordedOnly {
  name: string;
  format: string;
  command: string;
  files: Files;
}

const broken = `const { test, describe, it, before } = require('node:test');
const assert = require('node:assert');
test('skipped one', { skip: 'later' }, () => {});
test('todo one', { todo: true }, () => { throw new Error('not yet'); });
describe('maths', () => {
  it('multiplies', () => assert.strictEqual(2 * 2, 4));
  it('divides', () => { throw new TypeError('no'); });
});
describe('bad hook', () => {
  before(() => { throw new Error('hook down'); });
  it('child one', () => {});
});
test('parent', async (t) => {
  await t.test('inner ok', () => {});
  await t.test('inner bad', () => { assert.ok(false, 'inner says no'); });
});
`;

const nodeFiles: Files = {
  'package.json': '{"private":true,"scripts":{"test":"node --test"}}\n',
  'test/a.test.js': broken,
  'test/syntax.test.js': 'const x = ;\n',
  'test/missing.test.js': "require('./nothing');\n",
  'test/exit.test.js': `const { test } = require('node:test');
test('before exit', () => {});
test('exits', () => { process.exit(3); });
`,
  'test/late.test.js': `const { test } = require('node:test');
test('leaves a timer', () => { setTimeout(() => { throw new Error('late'); }, 5); });
`,
  'test/plain.test.js': "console.log('plain script');\n",
};

const pythonTests = `import unittest


class Maths(unittest.TestCase):
    def test_adds(self):
        """Adding works."""
        self.assertEqual(1 + 1, 2)

    def test_divides(self):
        1 / 0

    @unittest.skip("later")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_unexpected(self):
        pass

    def test_parts(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("no database")

    def test_never(self):
        pass


class Fine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pass

    def test_fine(self):
        pass
`;

const pythonFiles: Files = {
  'tests/__init__.py': '',
  'tests/test_maths.py': pythonTests,
  'tests/test_missing.py': 'import nothing_here\n',
  'tests/test_syntax.py': 'def x(:\n',
};

const pytestTests = `import pytest


def test_ok():
    pass


@pytest.mark.skip(reason="later")
def test_skip():
    pass


@pytest.fixture
def db():
    raise RuntimeError("no db")


def test_fixture(db):
    pass


@pytest.mark.parametrize("a", ["x y", "b/c"])
def test_each(a):
    assert a == "x y", "x & <y>"


class TestClass:
    def test_method(self):
        assert False
`;

const pytestFiles: Files = {
  'conftest.py': '',
  'tests/test_p.py': pytestTests,
  'tests/test_missing.py': 'import nothing_here\n',
};

const noCache = 'python3 -m pytest -q -p no:cacheprovider';
const vitestFiles: Files = {
  'package.json': '{"private":true,"type":"module","scripts":{"test":"vitest run"}}\n',
  'test/a.test.js': `import { describe, expect, it, test } from 'vitest';
describe('maths & <co>', () => {
  it('adds', () => { expect(1 + 1).toBe(2); });
  it('subtracts', () => { expect(3 - 1).toBe(1); });
});
test.skip('later', () => {});
`,
  'test/missing.test.js': "import './nothing.js';\n",
  'test/syntax.test.js': 'const x = ;\n',
};

const jestFiles: Files = {
  'package.json': '{"private":true,"scripts":{"test":"jest"}}\n',
  'test/a.test.js': `describe('maths', () => {
  it('adds', () => { expect(1 + 1).toBe(2); });
  it('subtracts', () => { expect(3 - 1).toBe(1); });
  it.skip('later', () => {});
  it.todo('some day');
});
`,
  'test/missing.test.js': "require('./nothing.js');\n",
  'test/syntax.test.js': 'const x = ;\n',
};

const lintFiles: Files = {
  'package.json': '{"private":true,"type":"module","scripts":{"check":"eslint . && tsc -p ."}}\n',
  'eslint.config.js':
    'export default [{ files: ["src/*.js"], rules: { "no-var": "warn", "no-undef": "error" } }];\n',
  'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"types":[]},"include":["src"]}\n',
  'src/x.js': 'var a = 1; nope(a); nope(a);\n',
  'src/syntax.js': 'const x = ;\n',
  'src/fine.js': 'export const fine = 1;\n',
  'src/t.ts': 'const n: number = "text";\nexport { n };\n',
};

const goFiles: Files = {
  'go.mod': 'module example.com/calc\n\ngo 1.19\n',
  'fine/fine_test.go': `package fine

import "testing"

func TestTable(t *testing.T) {
	for _, name := range []string{"one case", "two"} {
		t.Run(name, func(t *testing.T) {
			if name == "two" {
				t.Error("two is bad")
			}
		})
	}
}

func TestLater(t *testing.T) { t.Skip("later") }
`,
  'broken/broken_test.go':
    'package broken\n\nimport "testing"\n\nfunc TestBroken(t *testing.T) { nothing() }\n',
  'dies/dies_test.go':
    'package dies\n\nimport "testing"\n\nfunc TestDies(t *testing.T) { panic("down") }\n\nfunc TestAfter(t *testing.T) {}\n',
  'leaves/leaves_test.go':
    'package leaves\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(3) }\n',
};

const cargoToml = '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n';
const cargoFiles: Files = {
  'Cargo.toml': cargoToml,
  'src/lib.rs': `/// \`\`\`
/// assert_eq!(calc::one(), 2);
/// \`\`\`
pub fn one() -> i32 {
    1
}

#[cfg(test)]
mod tests {
    #[test]
    #[ignore = "later"]
    fn later() {}

    #[test]
    #[should_panic]
    fn panics() {}
}
`,
  'tests/dies.rs': '#[test]\nfn dies() {\n    std::process::abort();\n}\n',
  'tests/fine.rs': '#[test]\nfn fine() {}\n',
};

const chainTests = (name: string): string => `#include <assert.h>
int main(void) { assert(${name}); return 0; }
`;

export const recordedOnly: readonly RecordedOnly[] = [
  {
    // Node 20 gives up on such a test, later versions wait for it.
    name: 'pending',
    format: 'node-test',
    command: 'node --test --test-timeout=2000',
    files: { 'a.test.js': "require('node:test').test('never ends', () => new Promise(() => {}));\n" },
  },
  { name: 'broken', format: 'node-test', command: 'npm test', files: nodeFiles },
  {
    name: 'broken',
    format: 'tap',
    command: 'NODE_OPTIONS= node --test --test-reporter=tap',
    files: nodeFiles,
  },
  { name: 'broken', format: 'unittest', command: 'python3 -m unittest discover', files: pythonFiles },
  {
    name: 'broken-text',
    format: 'unittest',
    command:
      "python3 -I -c \"import sys, unittest; sys.path.insert(0, '.'); unittest.main(None, argv=['x', 'discover', '-v'])\"",
    files: pythonFiles,
  },
  { name: 'pytest-broken', format: 'junit', command: noCache, files: pytestFiles },
  { name: 'pytest-first', format: 'junit', command: `${noCache} -x`, files: { 'test_p.py': pytestTests } },
  { name: 'vitest-broken', format: 'junit', command: 'npm test', files: vitestFiles },
  { name: 'jest-broken', format: 'jest', command: 'npm test', files: jestFiles },
  { name: 'jest-printed', format: 'jest', command: 'jest --json', files: jestFiles },
  { name: 'several', format: 'eslint', command: 'eslint .', files: lintFiles },
  { name: 'stylish', format: 'eslint', command: 'npm run check', files: lintFiles },
  {
    name: 'warnings',
    format: 'eslint',
    command: 'eslint . --max-warnings 0',
    files: {
      'eslint.config.js': lintFiles['eslint.config.js'] ?? '',
      'src/x.js': 'var a = 1;\nexport { a };\n',
    },
  },
  {
    name: 'syntax',
    format: 'tsc',
    command: 'tsc -p .',
    files: {
      'tsconfig.json': lintFiles['tsconfig.json'] ?? '',
      'src/a.ts': 'const a = ;\n',
      'src/b.ts': 'const b: number = "b";\n',
    },
  },
  {
    name: 'pretty',
    format: 'tsc',
    command: 'tsc -p . --pretty',
    files: {
      'tsconfig.json': lintFiles['tsconfig.json'] ?? '',
      'src/b.ts': 'export const b: number = "b";\n',
    },
  },
  {
    name: 'sequence',
    format: 'make',
    command: 'make test',
    files: {
      Makefile:
        'test: a b\n\t./a\n\t@echo "a is  fine"\n\t-false\n\t@./b\n\t./a again\n%: %.c\n\t$(CC) -o $@ $<\n',
      'a.c': chainTests('1 == 1'),
      'b.c': chainTests('1 == 2'),
    },
  },
  {
    name: 'nested',
    format: 'make',
    command: 'make',
    files: {
      Makefile: 'all:\n\ttrue\n\t$(MAKE) -C sub\n',
      'sub/Makefile': 'all:\n\tgcc -c a.c -o /dev/null\n',
      'sub/a.c': 'int f(void) { return x; }\n',
    },
  },
  {
    name: 'unittest-inside',
    format: 'make',
    command: 'make check',
    files: {
      Makefile: 'check:\n\tpython3 -m unittest -q\n\tfalse\n',
      'test_a.py':
        'import unittest\n\n\nclass A(unittest.TestCase):\n    def test_a(self):\n        pass\n\n    def test_b(self):\n        self.fail("no")\n',
    },
  },
  { name: 'go-broken', format: 'go-test', command: 'go test ./...', files: goFiles },
  { name: 'cargo-broken', format: 'cargo-test', command: 'cargo test --offline', files: cargoFiles },
  {
    name: 'cargo-syntax',
    format: 'cargo-test',
    command: 'cargo test --offline',
    files: {
      'Cargo.toml': cargoToml,
      'src/lib.rs': 'pub fn one() -> i32 {\n    "one"\n}\n\npub fn two() -> i32 {\n    missing\n}\n',
    },
  },
  { name: 'no-rule', format: 'make', command: 'make test', files: { Makefile: 'test: missing.c\n\ttrue\n' } },
];
