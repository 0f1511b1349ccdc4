import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckResult } from '../../domain/check-result.ts';
import { judge } from '../../domain/verdict.ts';
import { instrument } from './instrument.ts';
import { judgeOutput } from './judge-output.ts';
import type { Files } from './test-support/projects/project.ts';
import { inProject } from './test-support/recordings.ts';

const files = { 'a.c': '', 'b.c': '', 'lint.sh': '#!/bin/sh\nset -eu\n./one\n./two\n' };

/** What speaks against a change that turned what a check printed from `before` into `after`. */
function problems(command: string, before: string, after: string, more: Files = {}): Promise<string[]> {
  return inProject({ ...files, ...more }, (root) => {
    const result = (text: string): CheckResult => {
      const rest = { stdout: text, stderr: '', combined: text, timedOut: false, reports: [] };
      const output = { check: 'lint', command, root, exitCode: text === '' ? 0 : 1, ...rest };
      return judgeOutput(output, { durationMs: 0, timeoutMs: 1000 });
    };
    const base = result(before);
    const judgement = {
      base: { tree: 'a', checks: [base] },
      after: { tree: 'b', checks: [result(after)] },
      targets: base.findings.slice(0, 1),
    };
    const present = new Set([...Object.keys(files), ...Object.keys(more)]);
    return judge({ ...judgement, flaky: new Set(), files: present }).map(({ code }) => code);
  });
}

const sequences: Record<string, { command: string; more?: Files }> = {
  'a script with set -e': { command: './lint.sh' },
  'a shell that is told to stop': { command: 'sh -e lint.sh', more: { 'lint.sh': './one\n./two\n' } },
  'a script whose first line says so': {
    command: './lint.sh',
    more: { 'lint.sh': '#!/bin/bash -eu\n./one\n./two\n' },
  },
  'a script that exits by itself': {
    command: './lint.sh',
    more: { 'lint.sh': '#!/bin/sh\n./one || exit 1\n./two || { echo no; exit 1; }\n' },
  },
  'a loop': {
    command: './lint.sh',
    more: { 'lint.sh': '#!/bin/sh\nset -e\nfor f in *.c; do cc -c $f; done\n' },
  },
  'a chain': { command: './one && ./two' },
  ...Object.fromEntries(
    [
      'pnpm -r lint',
      'pnpm --filter "./packages/*" run lint',
      'CI=1 pnpm run --recursive lint',
      'yarn workspaces run lint',
      'yarn workspaces foreach -A run lint',
      'lerna run lint',
      'npx turbo run lint',
      'run-p lint:*',
    ].map((script) => [
      script,
      { command: 'npm run all', more: { 'package.json': JSON.stringify({ scripts: { all: script } }) } },
    ]),
  ),
};

for (const [name, { command, more }] of Object.entries(sequences)) {
  test(`what ${name} says behind the first failure is no fault of the change`, async () => {
    const judged = (before: string, after: string) => problems(command, before, after, more);
    assert.deepEqual(await judged('a.c:3:1: error: x\n', 'b.c:1:1: error: y\n'), []);
    assert.deepEqual(await judged('a.c:3:1: error: x\n', 'a.c:4:1: error: y\n'), []);
    assert.deepEqual(await judged('a.c:3:1: error: x\n', ''), []);
    assert.deepEqual(await judged('a.c:3:1: error: x\nb.c:1:1: error: y\n', 'b.c:1:1: error: y\n'), []);
    assert.deepEqual(await judged('a.c:3:1: error: x\n', 'a.c:2:1: error: y\n'), ['regression']);
    assert.deepEqual(await judged('a.c:3:1: error: x\n', 'a.c:3:1: error: x\n'), ['still_failing']);
    const unreadable = await judged('a.c:3:1: error: x\n', 'oh\n');
    assert.deepEqual(unreadable.slice(0, 2), ['not_seen', 'check_broken']);
  });
}

test('one command in such a script, and commands that go on, have seen everything', async () => {
  const scripts = ['#!/bin/sh\nset -e\ncd .\n./one\n', '#!/bin/sh\n./one\n./two\n'];
  for (const script of scripts) {
    const judged = await problems('./lint.sh', 'a.c:3:1: error: x\n', 'b.c:1:1: error: y\n', {
      'lint.sh': script,
    });
    assert.ok(judged.includes('regression'), script);
  }
});

test('packages that are tested one after another hide the tests of those behind the first failure', async () => {
  const tap = (...points: string[]): string => `TAP version 13\n1..${points.length}\n${points.join('\n')}\n`;
  const judged = (command: string) =>
    problems(command, tap('not ok 1 - a', 'ok 2 - z'), tap('ok 1 - a', 'ok 2 - z', 'not ok 3 - b'));
  assert.deepEqual(await judged('pnpm -r test'), []);
  for (const command of [
    'pnpm -r --no-bail test',
    'turbo run test --continue',
    'npm test -ws',
    'run-p -lc a b',
  ])
    assert.deepEqual(await judged(command), ['regression'], command);
});

test('pnpm is to take one package at a time, wherever it is called', async () => {
  const scripts = { all: 'pnpm -r test', own: 'vitest run' };
  await inProject({ 'package.json': JSON.stringify({ scripts }) }, (root) => {
    const added = (command: string): string[] =>
      Object.keys(
        instrument({ check: 'test', command, resolved: command, reportDir: root, root }, {}).env,
      ).filter((name) => /workspace/.test(name));
    const both = ['npm_config_workspace_concurrency', 'pnpm_config_workspace_concurrency'];
    assert.deepEqual(added('pnpm all'), both);
    assert.deepEqual(added('cd . && pnpm --filter=a test'), both);
    assert.deepEqual(added('pnpm own'), []);
  });
});

test('a program that stops at its first failing test hides the others', async () => {
  assert.deepEqual(await problems('./t', 'PASS a\nFAIL b\n', 'PASS a\nPASS b\nFAIL c\n'), []);
  const goesOn = await problems('./t', 'FAIL b\nPASS a\n', 'PASS b\nPASS a\nFAIL c\n');
  assert.deepEqual(goesOn, ['regression']);
});

test('a linter of no known make in front of the tests is seen to pass when they fail', async () => {
  const jest = JSON.stringify({
    testResults: [{ name: 'b.c', status: 'failed', assertionResults: [{ title: 't', status: 'failed' }] }],
  });
  for (const command of ['./lint && npx jest --json', 'node lint.mjs && node x.mjs && npx jest --json'])
    assert.deepEqual(await problems(command, 'a.c:3:1: error: x\n', jest), [], command);
});
