import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { git } from '../lib/git.ts';
import { makeRepository } from './make-repository.ts';
import { isEverGreener, proveCommits, type ProvedCommit } from './prove-commits.ts';

const base = await mkdtemp(join(tmpdir(), 'ao-test-'));
after(() => rm(base, { recursive: true }));

const testFile = `import test from 'node:test';
import assert from 'node:assert/strict';
import { one, two } from './code.js';
test('one', () => assert.equal(one, 1));
test('two', () => assert.equal(two, 2));
test('moody', () => assert.fail());
`;

const commit = (failing: string[]): ProvedCommit => ({ commit: '', subject: '', failing, files: new Map() });

test('each first-parent commit is checked by itself, flaky tests aside', async () => {
  const repository = join(base, 'a repository');
  const code = (one: number, two: number): string => `export const [one, two] = [${one}, ${two}];\n`;
  await makeRepository(repository, {
    'package.json': '{"type":"module"}',
    '.oxlintrc.json': '{"rules":{"no-debugger":"error"}}',
    'code.js': `${code(0, 0)}debugger;\n`,
    'code.test.js': testFile,
  });
  const head = async (): Promise<string> =>
    (await git(['rev-parse', 'HEAD'], { cwd: repository })).stdout.toString().trim();
  const before = await head();
  for (const [one, two] of [
    [1, 0],
    [1, 2],
  ] as const) {
    await writeFile(join(repository, 'code.js'), code(one, two));
    await git(['commit', '--quiet', '--all', '--message', `set ${one} ${two}`], { cwd: repository });
  }
  const proved = await proveCommits({
    repository,
    before,
    after: await head(),
    env: { PATH: process.env['PATH'] ?? '' },
    scratch: base,
    flaky: new Set(['moody']),
    signal: new AbortController().signal,
  });
  const debuggerRule = 'code.js: `debugger` statement is not allowed [Error/eslint(no-debugger)]';
  assert.deepEqual(
    proved.map(({ subject, failing }) => [subject, failing]),
    [
      ['Open the shop', [debuggerRule, 'one', 'two']],
      ['set 1 0', ['two']],
      ['set 1 2', []],
    ],
  );
  assert.equal(proved.at(-1)?.files.get('code.js'), code(1, 2));
});

test('commits are ever greener only when each has fewer failures and none that is new', () => {
  assert.equal(isEverGreener([commit(['a', 'b']), commit(['a']), commit([])]), true);
  assert.equal(isEverGreener([commit(['a', 'b']), commit(['a', 'b'])]), false);
  assert.equal(isEverGreener([commit(['a', 'b']), commit(['c'])]), false);
});
