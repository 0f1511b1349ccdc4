import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveCommand, resolveScripts, searchDirectories, withArguments } from './command.ts';
import { programOf, segmentsOf, wordsOf } from './shell-text.ts';
import { inProject } from './test-support/recordings.ts';

const files = {
  'package.json': JSON.stringify({
    scripts: {
      pretest: 'npm run lint',
      test: 'make unit',
      lint: 'eslint "src dir"',
      chain: 'tsc && eslint .',
      other: 'eslint . && tsc',
    },
  }),
  Makefile: 'first:\n\ttrue\nunit: build\n\t@./run.sh -v\nbuild:\n\tcc -o x \\\n\t  x.c\n',
  'run.sh': '#!/bin/sh\n# comment\ncd sub && pytest\n',
  'sub/a.py': '',
};
const isEslint = ({ name }: { name: string }): boolean => name === 'eslint';

test('indirections are followed through npm with its hooks, make with prerequisites, and scripts', () =>
  inProject(files, (root) => {
    const resolved = resolveCommand(root, 'npm test -- --x');
    assert.match(resolved, /eslint "src dir" && .*cc -o x [^]*cd sub && pytest/);
    assert.equal(resolveCommand(root, 'make'), 'true');
    assert.equal(resolveCommand(root, 'cargo test'), 'cargo test');
    assert.deepEqual(searchDirectories(root, 'make unit'), ['sub']);
  }));

test('a script that calls itself ends', () =>
  inProject({ 'package.json': '{"scripts":{"test":"npm test"}}' }, (root) => {
    assert.equal(resolveCommand(root, 'npm test'), 'npm test');
    assert.equal(withArguments(root, 'npm test', { is: isEslint, args: ['-o'] }), null);
  }));

test('a script that runs in all packages of a repository is followed into each of them', () => {
  const packages = {
    'package.json':
      '{"workspaces":["packages/*","./tools/","!packages/old","../x","."],"scripts":{"test":"npm test --workspaces"}}',
    'packages/one/package.json': '{"scripts":{"test":"npm run unit","unit":"eslint one"}}',
    'packages/two/package.json': '{"scripts":{"test":"eslint two"}}',
    'packages/none/package.json': '{}',
    'tools/package.json': '{"scripts":{"test":"npm test -w tools"}}',
  };
  return inProject(packages, (root) => {
    const all = 'cd packages/one; eslint one; cd packages/two; eslint two; cd tools; npm test -w tools';
    for (const command of ['npm test', 'npm run test -ws', 'pnpm -r test', 'npm --workspace=x t']) {
      assert.equal(resolveCommand(root, command), all, command);
      assert.equal(withArguments(root, command, { is: isEslint, args: ['-o'] }), null);
    }
    assert.deepEqual(searchDirectories(root, 'npm test'), ['packages/one', 'packages/two', 'tools']);
    assert.equal(resolveCommand(root, 'npm run -w one lint'), 'npm run -w one lint');
    assert.equal(resolveScripts(root, 'npm test'), 'npm test --workspaces');
  });
});

test('arguments are added only where they reach the tool', () =>
  inProject(files, (root) => {
    const add = (command: string): string | null =>
      withArguments(root, command, { is: isEslint, args: ['-o', 'a b'] });
    assert.equal(add('npx eslint .'), "npx eslint . -o 'a b'");
    assert.equal(add('npm run lint'), "npm run lint -- -o 'a b'");
    assert.equal(add('npm run lint -- --fix'), "npm run lint -- --fix -o 'a b'");
    assert.equal(add('yarn lint'), "yarn lint -o 'a b'");
    assert.equal(add('npm run chain'), "npm run chain -- -o 'a b'");
    for (const other of [
      'npm run other',
      'eslint . | tee log',
      'eslint . > log',
      'tsc',
      'npm test',
      'eslint . &',
      '',
    ]) {
      assert.equal(add(other), null, other);
    }
  }));

test('a command is taken apart outside of quotes and parentheses', () => {
  const parts = segmentsOf(`a "b && c" && (d; e) || f 2>&1 | g; h '|' &`).map(({ text, operator }) => [
    text,
    operator,
  ]);
  assert.deepEqual(parts, [
    ['a "b && c"', '&&'],
    ['(d; e)', '||'],
    ['f 2>&1', '|'],
    ['g', ';'],
    ["h '|'", '&'],
  ]);
  assert.deepEqual(wordsOf(`a "b c"'d' e\\ f`), ['a', 'b cd', 'e f']);
  assert.deepEqual(programOf('CI=1 npx --yes ./node_modules/.bin/vitest run'), {
    name: 'vitest',
    args: ['run'],
  });
  assert.deepEqual(programOf('uv run pytest -q').name, 'pytest');
});
