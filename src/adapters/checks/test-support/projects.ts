// Small real projects, one for each way to report: with one failing and one passing unit, the fix, and the same failure
// further down. The contract suite runs them, and record.ts keeps what the tools say about them.

export type Files = Readonly<Record<string, string>>;

export interface Project {
  name: string;
  format: string;
  command: string;
  /** Programs that must be there to run it: where one is missing, only what was recorded is read. */
  needs: readonly string[];
  files: Files;
  /** Replaces files so that everything passes. */
  fixed: Files;
  /** Replaces files so that the failure stands further down. */
  moved: Files;
  finding: { kind: 'test' | 'diagnostic' | 'step'; title: string; file: string | null; line: number | null };
  movedLine: number | null;
  /** What is seen to pass beside the failure; null where the tool names nothing that passes. */
  passes: string | null;
}

const calc = 'exports.add = (a, b) => a + b;\nexports.subtract = (a, b) => a + b;\n';
const goodCalc = calc.replace('subtract = (a, b) => a + b', 'subtract = (a, b) => a - b');
const nodeTests = `const { test } = require('node:test');
const assert = require('node:assert');
const { add, subtract } = require('../calc.js');
test('adds', () => assert.strictEqual(add(1, 1), 2));
test('subtracts', () => assert.strictEqual(subtract(3, 1), 2));
`;
const vitestTests = `import { expect, test } from 'vitest';
import { add, subtract } from '../calc.js';
test('adds', () => expect(add(1, 1)).toBe(2));
test('subtracts', () => expect(subtract(3, 1)).toBe(2));
`;
const mochaTests = `const assert = require('node:assert');
const { add, subtract } = require('../calc.js');
describe('calc', () => {
  it('adds', () => assert.strictEqual(add(1, 1), 2));
  it('subtracts', () => assert.strictEqual(subtract(3, 1), 2));
});
`;
const jestTests = `const { add, subtract } = require('../calc.js');
describe('calc', () => {
  it('adds', () => expect(add(1, 1)).toBe(2));
  it('subtracts', () => expect(subtract(3, 1)).toBe(2));
});
`;
const pythonCalc = 'def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return a + b\n';
const goodPython = pythonCalc.replace(/a \+ b\n$/, 'a - b\n');
const unittestTests = `import unittest
from calc import add, subtract


class Calc(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(add(1, 1), 2)

    def test_subtracts(self):
        self.assertEqual(subtract(3, 1), 2)
`;
const pytestTests = `from calc import add, subtract


def test_adds():
    assert add(1, 1) == 2


def test_subtracts():
    assert subtract(3, 1) == 2
`;
const cSource = 'int subtract(int a, int b) { return a + b; }\n';
const goodC = 'int subtract(int a, int b) { return a - b; }\n';
const cTests = `#include <assert.h>
int subtract(int a, int b);
int main(void) {
  assert(subtract(3, 1) == 2);
  return 0;
}
`;
const makefile = `.PHONY: test
test: test_subtract
\t@./test_subtract
\techo all good
test_subtract: test_subtract.c subtract.c
\t$(CC) -o $@ $^
`;
const script = `#!/bin/sh
set -e
check() {
  if [ "$2" = "$3" ]; then echo "PASS $1"; else echo "FAIL $1: got $2, wanted $3"; exit 1; fi
}
check adds "$(./calc.sh 1 + 1)" 2
check subtracts "$(./calc.sh 3 - 1)" 2
`;
const shellCalc = '#!/bin/sh\necho "$(($1 + $3))"\n';
const goodShell = '#!/bin/sh\necho "$(($1 $2 $3))"\n';
const goTests = `package calc

import "testing"

func TestAdd(t *testing.T) {
	if Add(1, 1) != 2 {
		t.Fatal("1 + 1")
	}
}

func TestSubtract(t *testing.T) {
	if got := Subtract(3, 1); got != 2 {
		t.Errorf("got %d, wanted 2", got)
	}
}
`;
const goSource = `package calc

func Add(a, b int) int { return a + b }

func Subtract(a, b int) int { return a + b }
`;
const rustSource = `pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

pub fn subtract(a: i32, b: i32) -> i32 {
    a + b
}
`;
const goodRust = rustSource.replace(/a \+ b\n}\n$/, 'a - b\n}\n');
const rustTests = `#[test]
fn adds() {
    assert_eq!(calc::add(1, 1), 2);
}

#[test]
fn subtracts() {
    assert_eq!(calc::subtract(3, 1), 2);
}
`;
const pad = (text: string, comment: string): string => `${comment}\n${comment}\n${comment}\n${text}`;

const javascript = { name: '', needs: ['node'] };
const packageJson = (test: string): Files => ({
  'package.json': `{"private":true,"scripts":{"test":"${test}"}}\n`,
});
const testFinding = { kind: 'test' as const };

export const projects: readonly Project[] = [
  {
    ...javascript,
    name: 'node-test',
    format: 'node-test',
    command: 'npm test',
    files: { ...packageJson('node --test'), 'calc.js': calc, 'test/calc.test.js': nodeTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.test.js': pad(nodeTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'test/calc.test.js', line: 5 },
    movedLine: 8,
    passes: 'test/calc.test.js: adds',
  },
  {
    ...javascript,
    name: 'tap',
    format: 'tap',
    command: 'NODE_OPTIONS= node --test --test-reporter=tap',
    files: { 'calc.js': calc, 'test/calc.test.js': nodeTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.test.js': pad(nodeTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'test/calc.test.js', line: 5 },
    movedLine: 8,
    passes: 'adds',
  },
  {
    name: 'pytest',
    format: 'junit',
    command: 'python3 -m pytest -q -p no:cacheprovider',
    needs: ['pytest'],
    files: { 'calc.py': pythonCalc, 'tests/test_calc.py': pytestTests, 'conftest.py': '' },
    fixed: { 'calc.py': goodPython },
    moved: { 'tests/test_calc.py': pad(pytestTests, '# more') },
    finding: { ...testFinding, title: 'test_subtracts', file: 'tests/test_calc.py', line: 9 },
    movedLine: 12,
    passes: 'tests/test_calc.py: test_adds',
  },
  {
    name: 'vitest',
    format: 'junit',
    command: 'npm test',
    needs: ['vitest'],
    files: {
      'package.json': '{"private":true,"type":"module","scripts":{"test":"vitest run"}}\n',
      'calc.js': calc.replaceAll('exports.', 'export const '),
      'test/calc.test.js': vitestTests,
    },
    fixed: { 'calc.js': goodCalc.replaceAll('exports.', 'export const ') },
    moved: { 'test/calc.test.js': pad(vitestTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'test/calc.test.js', line: 4 },
    movedLine: 7,
    passes: 'test/calc.test.js: adds',
  },
  {
    name: 'jest',
    format: 'jest',
    command: 'npm test',
    needs: ['jest'],
    files: { ...packageJson('jest'), 'calc.js': calc, 'test/calc.test.js': jestTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.test.js': pad(jestTests, '// more') },
    finding: { ...testFinding, title: 'calc > subtracts', file: 'test/calc.test.js', line: 4 },
    movedLine: 7,
    passes: 'test/calc.test.js: calc > adds',
  },
  {
    name: 'mocha',
    format: 'junit',
    command: 'npm test',
    needs: ['mocha'],
    files: { ...packageJson('mocha test'), 'calc.js': calc, 'test/calc.js': mochaTests },
    fixed: { 'calc.js': goodCalc },
    moved: { 'test/calc.js': pad(mochaTests, '// more') },
    finding: { ...testFinding, title: 'calc > subtracts', file: 'test/calc.js', line: 5 },
    movedLine: 8,
    passes: 'test/calc.js: calc > adds',
  },
  {
    name: 'unittest',
    format: 'unittest',
    command: 'python3 -m unittest discover',
    needs: ['python3'],
    files: { 'calc.py': pythonCalc, 'test_calc.py': unittestTests },
    fixed: { 'calc.py': goodPython },
    moved: { 'test_calc.py': pad(unittestTests, '# more') },
    finding: { ...testFinding, title: 'Calc.test_subtracts', file: 'test_calc.py', line: 10 },
    movedLine: 13,
    passes: 'test_calc.py: Calc.test_adds',
  },
  {
    name: 'unittest-text',
    format: 'unittest',
    command:
      "python3 -I -c \"import sys, unittest; sys.path.insert(0, '.'); unittest.main(None, argv=['x', 'discover', '-v'])\"",
    needs: ['python3'],
    files: { 'calc.py': pythonCalc, 'test_calc.py': unittestTests },
    fixed: { 'calc.py': goodPython },
    moved: { 'test_calc.py': pad(unittestTests, '# more') },
    finding: { ...testFinding, title: 'Calc.test_subtracts', file: 'test_calc.py', line: 10 },
    movedLine: 13,
    passes: 'test_calc.py: Calc.test_adds',
  },
  {
    name: 'go-test',
    format: 'go-test',
    command: 'go test ./...',
    needs: ['go'],
    files: {
      'go.mod': 'module example.com/calc\n\ngo 1.19\n',
      'inner/calc.go': goSource,
      'inner/calc_test.go': goTests,
    },
    fixed: { 'inner/calc.go': goSource.replace(/a \+ b }\n$/, 'a - b }\n') },
    moved: { 'inner/calc_test.go': pad(goTests, '// more') },
    finding: { ...testFinding, title: 'TestSubtract', file: 'inner/calc_test.go', line: 13 },
    movedLine: 16,
    passes: 'example.com/calc/inner: TestAdd',
  },
  {
    name: 'cargo-test',
    format: 'cargo-test',
    command: 'cargo test --offline',
    needs: ['cargo'],
    files: {
      'Cargo.toml': '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/lib.rs': rustSource,
      'tests/calc.rs': rustTests,
    },
    fixed: { 'src/lib.rs': goodRust },
    moved: { 'tests/calc.rs': pad(rustTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'tests/calc.rs', line: 8 },
    movedLine: 11,
    passes: 'calc tests/calc.rs: adds',
  },
  {
    name: 'eslint',
    format: 'eslint',
    command: 'npm run lint',
    needs: ['eslint'],
    files: {
      'package.json': '{"private":true,"type":"module","scripts":{"lint":"eslint ."}}\n',
      'eslint.config.js':
        'export default [{ files: ["src/*.js"], rules: { "no-var": "warn", "no-undef": "error" } }];\n',
      'src/a.js': 'var fine = 1;\nmissing(fine);\n',
      'src/b.js': 'export const b = 1;\n',
    },
    fixed: { 'src/a.js': 'var fine = 1;\nconst missing = String;\nmissing(fine);\n' },
    moved: { 'src/a.js': pad('var fine = 1;\nmissing(fine);\n', '// more') },
    finding: { kind: 'diagnostic', title: "no-undef: 'missing' is not defined.", file: 'src/a.js', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'sarif',
    format: 'sarif',
    command: 'eslint . --format @microsoft/sarif',
    needs: ['@microsoft/eslint-formatter-sarif'],
    files: {
      'package.json': '{"private":true,"type":"module"}\n',
      'eslint.config.js':
        'export default [{ files: ["src/*.js"], rules: { "no-var": "warn", "no-undef": "error" } }];\n',
      'src/a.js': 'var fine = 1;\nmissing(fine);\n',
    },
    fixed: { 'src/a.js': 'var fine = 1;\nconst missing = String;\nmissing(fine);\n' },
    moved: { 'src/a.js': pad('var fine = 1;\nmissing(fine);\n', '// more') },
    finding: { kind: 'diagnostic', title: "no-undef: 'missing' is not defined.", file: 'src/a.js', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'flake8',
    format: 'file-line',
    command: 'flake8',
    needs: ['flake8'],
    files: { 'a.py': 'import sys\nimport os\n\nprint(sys.path)\n', 'b.py': 'B = 1\n' },
    fixed: { 'a.py': 'import sys\n\nprint(sys.path)\n' },
    moved: { 'a.py': pad('import sys\nimport os\n\nprint(sys.path)\n', '# more') },
    finding: { kind: 'diagnostic', title: "F401: 'os' imported but unused", file: 'a.py', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'clang',
    format: 'file-line',
    command: 'clang -Wall -c src/a.c -o /dev/null',
    needs: ['clang'],
    files: { 'src/a.c': 'int one(void) { int unused; return 1; }\nint two(void) { return x; }\n' },
    fixed: { 'src/a.c': 'int one(void) { return 1; }\nint two(void) { return 2; }\n' },
    moved: { 'src/a.c': pad('int one(void) { int unused; return 1; }\nint two(void) { return x; }\n', '//') },
    finding: { kind: 'diagnostic', title: "use of undeclared identifier 'x'", file: 'src/a.c', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'tsc',
    format: 'tsc',
    command: 'tsc -p .',
    needs: ['tsc'],
    files: {
      'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"types":[]},"include":["src"]}\n',
      'src/a.ts': 'export const one = 1;\nexport const two: number = "two";\n',
    },
    fixed: { 'src/a.ts': 'export const one = 1;\nexport const two: number = 2;\n' },
    moved: { 'src/a.ts': pad('export const one = 1;\nexport const two: number = "two";\n', '// more') },
    finding: {
      kind: 'diagnostic',
      title: "TS2322: Type 'string' is not assignable to type 'number'.",
      file: 'src/a.ts',
      line: 2,
    },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'gcc',
    format: 'file-line',
    command: 'gcc -Wall -c src/a.c -o /dev/null',
    needs: ['gcc'],
    files: { 'src/a.c': 'int one(void) { int unused; return 1; }\nint two(void) { return twice(1) + x; }\n' },
    fixed: { 'src/a.c': 'int one(void) { return 1; }\nint two(void) { return 2; }\n' },
    moved: {
      'src/a.c': pad(
        'int one(void) { int unused; return 1; }\nint two(void) { return twice(1) + x; }\n',
        '//',
      ),
    },
    finding: {
      kind: 'diagnostic',
      title: '‘x’ undeclared (first use in this function)',
      file: 'src/a.c',
      line: 2,
    },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'oxlint',
    format: 'file-line',
    command: 'oxlint --deny-warnings src',
    needs: ['oxlint'],
    files: { 'src/a.js': 'export const a = 1;\ndebugger;\n', '.oxlintrc.json': '{}\n' },
    fixed: { 'src/a.js': 'export const a = 1;\n' },
    moved: { 'src/a.js': pad('export const a = 1;\ndebugger;\n', '// more') },
    finding: {
      kind: 'diagnostic',
      title: 'eslint(no-debugger): `debugger` statement is not allowed',
      file: 'src/a.js',
      line: 2,
    },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'labelled',
    format: 'labelled',
    command: './run-tests.sh',
    needs: [],
    files: { 'run-tests.sh': script, 'calc.sh': shellCalc },
    fixed: { 'calc.sh': goodShell },
    moved: { 'run-tests.sh': script.replace('set -e\n', 'set -e\n\n\n\n') },
    finding: { ...testFinding, title: 'subtracts', file: 'run-tests.sh', line: 7 },
    movedLine: 10,
    passes: 'adds',
  },
  {
    name: 'make-assert',
    format: 'make',
    command: 'make test',
    needs: ['make', 'gcc'],
    files: { Makefile: makefile, 'subtract.c': cSource, 'test_subtract.c': cTests },
    fixed: { 'subtract.c': goodC },
    moved: { 'test_subtract.c': pad(cTests, '//') },
    finding: {
      kind: 'diagnostic',
      title: 'assertion failed: subtract(3, 1) == 2',
      file: 'test_subtract.c',
      line: 4,
    },
    movedLine: 7,
    passes: 'step:cc -o test_subtract test_subtract.c subtract.c',
  },
  {
    name: 'make-step',
    format: 'make',
    command: 'make test',
    needs: ['make'],
    files: { Makefile: 'test:\n\ttrue\n\t./calc.sh 3 - 1 | grep -qx 2\n', 'calc.sh': shellCalc },
    fixed: { 'calc.sh': goodShell },
    moved: { Makefile: '# more\n\ntest:\n\ttrue\n\t./calc.sh 3 - 1 | grep -qx 2\n' },
    finding: { kind: 'step', title: './calc.sh 3 - 1 | grep -qx 2', file: null, line: null },
    movedLine: null,
    passes: 'step:true',
  },
];

export type Variant = 'failing' | 'fixed' | 'moved';

export function filesOf(project: Project, variant: Variant): Files {
  return { ...project.files, ...(variant === 'failing' ? {} : project[variant]) };
}
