// Repositories in the middle of something, or with contents that other systems and tools stumble over.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Report } from '../../src/domain/report.ts';
import type { RunOptions } from '../../src/domain/run.ts';
import { type Files, makeRepository, type TestRepository } from '../support/repositories.ts';
import { type Bench, fix, openBench, request } from './support/engine.ts';

const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
const noLfs = spawnSync('git', ['lfs', 'version']).status === 0 ? false : 'git-lfs is not installed';

async function red(t: TestContext, files: Files = {}): Promise<TestRepository> {
  const repository = await makeRepository({ files: { a: '0\n', b: '0\n', ...files } });
  t.after(() => repository.remove());
  return repository;
}

const mending: Partial<RunOptions> = {
  checks: [{ name: 't', command: 'grep -qx 1 a', timeoutMs: 60_000 }],
  agent: 'command',
  agentCommand: ['/bin/sh', '-c', 'echo 1 > a'],
  maxAttempts: 1,
};

/** A run in which the agent writes what the check wants. */
function mend(bench: Bench, repository: TestRepository, patch: Partial<RunOptions> = {}): Promise<Report> {
  return fix(bench, request(repository, { ...mending, ...patch }));
}

/** The tested commit waits at a ref of ours, and nothing of the checkout has changed. */
async function assertHeld(
  repository: TestRepository,
  report: Report,
  expected: { held: RegExp; status: string },
) {
  assert.equal(report.ok, false);
  assert.match(report.target.held ?? '', expected.held, JSON.stringify(report, null, 1));
  assert.equal(await repository.git('status', '--porcelain'), expected.status);
  assert.equal(await repository.git('show', `refs/ao/landed/${report.run}:a`), '1');
}

test('a repository in the middle of a merge keeps it, and what was tested waits', async (t) => {
  const [bench, repository] = [await openBench(t), await red(t)];
  await repository.git('switch', '--quiet', '--create', 'side');
  await repository.commit({ b: 'theirs\n' });
  await repository.git('switch', '--quiet', 'main');
  await repository.commit({ b: 'ours\n' });
  await assert.rejects(repository.git(...identity, 'merge', 'side'));
  const status = await repository.git('status', '--porcelain');
  await assertHeld(repository, await mend(bench, repository), { held: /a merge is in progress/, status });
  assert.equal(await repository.git('rev-parse', 'MERGE_HEAD'), await repository.head('side'));
});

test('a repository in the middle of a rebase is asked for its branch; named, it keeps the rebase', async (t) => {
  const [bench, repository] = [await openBench(t), await red(t)];
  await repository.commit({ b: '1\n' });
  await repository.git(
    '-c',
    'sequence.editor=echo break >',
    ...identity,
    'rebase',
    '--quiet',
    '--interactive',
    '--root',
  );
  const status = await repository.git('status', '--porcelain');
  await assert.rejects(mend(bench, repository), /detached|no branch/i);
  const report = await fix(bench, { ...request(repository, mending), branch: 'main' });
  await assertHeld(repository, report, { held: /a rebase is in progress/, status });
  await repository.git(...identity, 'rebase', '--abort');
  assert.equal(await repository.git('branch', '--show-current'), 'main');
});

for (const workspace of ['clone', 'worktree'] as const) {
  test(`a branch named ao goes green with workspaces of kind ${workspace}, or is said to be in the way`, async (t) => {
    const [bench, repository] = [await openBench(t), await red(t)];
    await repository.git('branch', '--move', 'main', 'ao');
    const report = await mend(bench, repository, { workspace });
    if (workspace === 'clone') assert.deepEqual([report.ok, report.target.branch], [true, 'ao']);
    else assert.match(report.remaining[0]?.reason ?? '', /The branch ao in .* is in the way of ao\//);
    assert.equal(await repository.git('branch', '--format=%(refname)'), 'refs/heads/ao');
  });
}

test('files whose names differ in case only, or in how an accent is written, are each what they were', async (t) => {
  const bench = await openBench(t);
  const names = {
    'dir/File': 'upper\n',
    'DIR/file': 'lower\n',
    'Dir/FILE': 'mixed\n',
    'caf\u00e9': 'one\n',
    'cafe\u0301': 'two\n',
  };
  const repository = await red(t, names);
  const report = await mend(bench, repository);
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  for (const [name, content] of Object.entries(names)) {
    assert.equal(`${await repository.git('show', `HEAD:${name}`)}\n`, content);
    assert.equal(await readFile(path.join(repository.path, name), 'utf8'), content);
  }
  assert.equal(await repository.git('status', '--porcelain'), '');
});

test('files of LFS are there for checks and agents, and stay pointers in what lands', {
  skip: noLfs,
}, async (t) => {
  const bench = await openBench(t);
  const repository = await red(t);
  await repository.git('lfs', 'install', '--local');
  const large = 'large\n'.repeat(1000);
  await repository.commit({
    '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    'x.bin': large,
  });
  const pointer = await repository.git('show', 'HEAD:x.bin');
  assert.match(pointer, /^version https:\/\/git-lfs/);
  const check = { name: 't', command: 'test "$(wc -l < x.bin)" -eq 1000 && grep -qx 1 a', timeoutMs: 60_000 };
  const agentCommand = ['/bin/sh', '-c', 'test "$(wc -l < x.bin)" -eq 1000 && echo 1 > a'];
  const report = await mend(bench, repository, { checks: [check], agentCommand });
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  assert.equal(await repository.git('show', 'HEAD:x.bin'), pointer);
  assert.equal(await repository.git('status', '--porcelain'), '');
  assert.equal(await readFile(path.join(repository.path, 'x.bin'), 'utf8'), large);
});
