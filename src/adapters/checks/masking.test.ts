import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TreeResult } from '../../domain/check-result.ts';
import { isGreen } from '../../domain/check-result.ts';
import { judge } from '../../domain/verdict.ts';
import { findExecutable } from '../../lib/executable.ts';
import { makeChecks } from './index.ts';
import type { Files } from './test-support/projects/project.ts';
import { inProject } from './test-support/recordings.ts';

const checks = makeChecks();
const binaries = join(import.meta.dirname, '../../../node_modules/.bin');
const env = {
  PATH: [dirname(process.execPath), binaries, process.env['PATH'] ?? ''].join(delimiter),
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
};

interface Masked {
  command: string;
  needs: string[];
  files: Files;
  /** One correct change after the other; each makes pass what fails first, and the last makes it green. */
  fixes: Files[];
  /** A change that breaks what passed before the failure; none where nothing is known to pass. */
  harm?: Files;
}

function observe(command: string, files: Files): Promise<TreeResult> {
  return inProject(files, async (root) => {
    const dir = `${root}-output`;
    mkdirSync(dir);
    try {
      const spec = { name: 'test', command, timeoutMs: 60_000 };
      const signal = new AbortController().signal;
      const result = await checks.run({ spec, root, env, mark: `masking-${root}`, dir, signal });
      return { tree: root, checks: [result] };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}

const noFlakes: ReadonlySet<string> = new Set();
const cTest = (...asserts: string[]): string =>
  `#include <assert.h>\n#include "calc.h"\nint main(void) {\n${asserts.map((text) => `  assert(${text});\n`).join('')}  return 0;\n}\n`;
const cHeader = 'int add(int, int); int sub(int, int); int mul(int, int);\n';
const cCalc = (add: string, sub: string, mul: string): string =>
  `int add(int a, int b) { return a ${add} b; }\nint sub(int a, int b) { return a ${sub} b; }\nint mul(int a, int b) { return a ${mul} b; }\n`;

const shapes: Record<string, Masked> = {
  'several test programs, one after the other': {
    command: 'make test',
    needs: ['make', 'gcc'],
    files: {
      Makefile:
        'test: t_add t_sub t_mul\n\t./t_add\n\t@./t_sub\n\t./t_mul\nt_%: t_%.c calc.c calc.h\n\t$(CC) -o $@ $< calc.c\n',
      'calc.h': cHeader,
      'calc.c': cCalc('-', '+', '+'),
      't_add.c': cTest('add(2, 3) == 5'),
      't_sub.c': cTest('sub(2, 3) == -1'),
      't_mul.c': cTest('mul(2, 3) == 6'),
    },
    fixes: [
      { 'calc.c': cCalc('+', '+', '+') },
      { 'calc.c': cCalc('+', '-', '+') },
      { 'calc.c': cCalc('+', '-', '*') },
    ],
    harm: { 't_add.c': 'int main(void) { return x; }\n' },
  },
  'one program that aborts at its first assertion': {
    command: 'make test',
    needs: ['make', 'gcc'],
    files: {
      Makefile: 'test: t\n\t./t\nt: t.c calc.c calc.h\n\t$(CC) -o $@ t.c calc.c\n',
      'calc.h': cHeader,
      'calc.c': cCalc('+', '+', '+'),
      't.c': cTest('add(2, 3) == 5', 'sub(2, 3) == -1', 'mul(2, 3) == 6'),
    },
    fixes: [{ 'calc.c': cCalc('+', '-', '+') }, { 'calc.c': cCalc('+', '-', '*') }],
    harm: { 'calc.c': cCalc('-', '-', '*') },
  },
  'a script that ends at its first FAIL': {
    command: 'make check',
    needs: ['make'],
    files: {
      Makefile: 'check:\n\t@sh run.sh\n',
      'run.sh':
        'set -e\nt() { [ "$2" = "$3" ] || { echo "FAIL $1"; exit 1; }; }\n. ./calc.sh\nt adds "$(add)" 5\nt subtracts "$(sub)" 1\nt multiplies "$(mul)" 6\n',
      'calc.sh': 'add() { echo 5; }\nsub() { echo 5; }\nmul() { echo 5; }\n',
    },
    fixes: [
      { 'calc.sh': 'add() { echo 5; }\nsub() { echo 1; }\nmul() { echo 5; }\n' },
      { 'calc.sh': 'add() { echo 5; }\nsub() { echo 1; }\nmul() { echo 6; }\n' },
    ],
    harm: { 'calc.sh': 'add() { echo 4; }\nsub() { echo 1; }\nmul() { echo 6; }\n' },
  },
  'types before tests': {
    command: 'tsc -p . && node --test',
    needs: ['tsc'],
    files: {
      'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"types":[]},"include":["src"]}\n',
      'src/a.ts': 'export const a: number = "a";\n',
      'src/b.ts': 'export const b: number = "b";\n',
      'a.test.js':
        "require('node:test').test('a', () => { throw new Error(require('fs').readFileSync('src/a.ts', 'utf8')); });\n",
    },
    fixes: [
      { 'src/a.ts': 'export const a: number = 1;\n' },
      { 'src/b.ts': 'export const b: number = 1;\n' },
      { 'a.test.js': "require('node:test').test('a', () => {});\n" },
    ],
    harm: { 'tsconfig.json': '{' },
  },
  'a syntax error before type errors': {
    command: 'tsc -p .',
    needs: ['tsc'],
    files: {
      'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"types":[]},"include":["src"]}\n',
      'src/a.ts': 'export const a = ;\n',
      'src/b.ts': 'export const b: number = "b";\n',
    },
    fixes: [{ 'src/a.ts': 'export const a = 1;\n' }, { 'src/b.ts': 'export const b: number = 1;\n' }],
  },
};

for (const [shape, { command, needs, files, fixes, harm }] of Object.entries(shapes)) {
  const found = await Promise.all(needs.map((program) => findExecutable(program, '/', env)));
  const missing = needs.filter((_, index) => found[index]?.path === null);
  const options = missing.length === 0 ? {} : { skip: `${missing.join(', ')} not installed` };

  test(`${shape}: each fix is accepted although it uncovers the next failure`, options, async () => {
    let tree = files;
    let base = await observe(command, tree);
    for (const [index, fix] of fixes.entries()) {
      tree = { ...tree, ...fix };
      const after = await observe(command, tree);
      const paths = new Set(Object.keys(tree));
      const targets = (base.checks[0]?.findings ?? []).filter(
        ({ id }) => !(after.checks[0]?.findings ?? []).some((finding) => finding.id === id),
      );
      assert.ok(targets.length > 0, `fix ${index + 1} made nothing pass`);
      assert.deepEqual(
        judge({ base, after, targets, flaky: noFlakes, files: paths }),
        [],
        `fix ${index + 1}`,
      );
      base = after;
    }
    assert.ok(isGreen(base), JSON.stringify(base.checks[0]?.findings));
  });

  test(`${shape}: no fix at all, and harm to what passed before, are not accepted`, options, async () => {
    const base = await observe(command, files);
    const targets = base.checks[0]?.findings ?? [];
    const same = judge({ base, after: base, targets, flaky: noFlakes, files: new Set(Object.keys(files)) });
    assert.ok(same.some(({ code }) => code === 'still_failing'));
    if (harm === undefined) return;
    const harmed = { ...files, ...fixes[0], ...harm };
    const after = await observe(command, harmed);
    const problems = judge({ base, after, targets, flaky: noFlakes, files: new Set(Object.keys(harmed)) });
    assert.notDeepEqual(problems, []);
  });
}
