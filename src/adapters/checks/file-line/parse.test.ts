import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../domain/finding.ts';
import { inProject, withRecording } from '../test-support/recordings.ts';
import { fileLine } from './index.ts';

const files = { 'src/a.c': '', 'src/b.py': '', 'x.rs': '' };

function read(text: string, exitCode = 1): Promise<Finding[]> {
  return inProject(files, (root) => {
    const rest = { stdout: '', stderr: text, combined: text, timedOut: false, reports: [] };
    return fileLine.parse({ check: 'lint', command: 'x', root, exitCode, ...rest })?.findings ?? [];
  });
}

const lines: [line: string, title: string, place: [string, number]][] = [
  ['src/a.c:3:5: error: expected expression', 'expected expression', ['src/a.c', 3]],
  ['src/b.py:1:1: F401 [*] `os` imported but unused', 'F401: `os` imported but unused', ['src/b.py', 1]],
  ['src/b.py:7: error: Missing return  [return]', 'return: Missing return', ['src/b.py', 7]],
  ["prog: src/a.c:12: main: Assertion `x == 1' failed.", 'assertion failed: x == 1', ['src/a.c', 12]],
  [
    'Assertion failed: (x == 1), function main, file src/a.c, line 9.',
    'assertion failed: x == 1',
    ['src/a.c', 9],
  ],
  ['error[E0308]: mismatched types\n  --> x.rs:2:5', 'E0308: mismatched types', ['x.rs', 2]],
  [
    '  src/b.py:3:9 - error: "x" is not defined (reportUndefinedVariable)',
    'reportUndefinedVariable: "x" is not defined',
    ['src/b.py', 3],
  ],
];

for (const [line, title, place] of lines) {
  test(`a message is read from: ${line.split('\n')[0]}`, async () => {
    const [finding, ...others] = await read(`make: noise\n${line}\nmore noise`);
    assert.equal(others.length, 0);
    assert.equal(finding?.title, title);
    assert.deepEqual([finding?.file, finding?.line], place);
  });
}

test('notes never count, and warnings only where nothing else explains the failure', async () => {
  const note = 'src/a.c:1:1: note: declared here\n';
  const warning = 'src/a.c:2:1: warning: unused variable [-Wunused-variable]\n';
  assert.deepEqual(await read(note), []);
  assert.deepEqual(
    (await read(note + warning)).map(({ title }) => title),
    ['-Wunused-variable: unused variable'],
  );
  assert.deepEqual(
    (await read(`${warning}src/a.c:3:1: error: no\n`)).map(({ line }) => line),
    [3],
  );
});

test('files that are not of the project, and lines of traces, are no findings', async () => {
  const text = [
    '/usr/include/stdio.h:3:1: error: no',
    'missing.c:3:1: error: no',
    '../outside.c:1: error: no',
    'src/b.py:10: in <module>',
    "Makefile:7: update target 'test' due to: all",
    '12:30:45: started',
  ];
  assert.deepEqual(await read(text.join('\n')), []);
});

const ruffSays = [
  'src/several.py:2 F811: Redefinition of unused `os` from line 1',
  'src/several.py:2 F401: `os` imported but unused',
  'src/several.py:5 B006: Do not use mutable data structures for argument defaults',
  'src/several.py:6 E711: Comparison to `None` should be `cond is None`',
  'src/several.py:7 F821: Undefined name `missing`',
  'src/several.py:8 F841: Local variable `x` is assigned to but never used',
  'syntax.py:1 invalid-syntax: Expected a parameter or the end of the parameter list',
];

for (const name of ['ruff-several', 'ruff-full']) {
  test(`what ruff says of several files is read by rule, file and line (${name})`, () =>
    withRecording('file-line', name, (output) => {
      const { findings } = fileLine.parse(output) ?? assert.fail();
      const shown = findings.map(({ title, file, line }) => `${file}:${line} ${title}`);
      const end = shown.pop() ?? '';
      assert.match(end, /^syntax\.py:[12] invalid-syntax: unexpected EOF while parsing$/);
      assert.deepEqual(
        shown.map((text) => text.replace(': `os` redefined here', '')),
        ruffSays,
      );
    }));
}

test('ids do not hold the line, nor one that the message names', async () => {
  const [here] = await read('src/b.py:3:8: F811 redefinition of unused `os` from line 1');
  const [below] = await read('src/b.py:13:8: F811 redefinition of unused `os` from line 11');
  assert.equal(here?.id, below?.id);
  const [first] = await read('src/a.c:3:5: error: bad thing');
  const [second] = await read('src/a.c:30:1: error: bad thing');
  assert.equal(first?.id, second?.id);
  assert.notEqual(first?.line, second?.line);
});
