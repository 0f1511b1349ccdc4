import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { Report } from '../../src/domain/report.ts';
import { makeRepository, openRepository, type TestRepository } from '../support/repositories.ts';
import { type CommandLine, openCommandLine, type Outcome } from './support/command-line.ts';

const run = promisify(execFile);
const fixing = ['--check', 't=grep -qx 1 a', '--agent-command', `sh -c 'echo 1 > a'`];

async function red(t: TestContext): Promise<TestRepository> {
  const repository = await makeRepository({ files: { a: '0\n', b: '0\n' } });
  t.after(() => repository.remove());
  return repository;
}

function green({ code, stdout, stderr }: Outcome): Report {
  assert.equal(code, 0, stdout + stderr);
  const report: Report = JSON.parse(stdout);
  assert.equal(report.ok, true);
  return report;
}

/** The command that the summary of a run prints behind these words; a path in it may go over several lines. */
async function printed(line: CommandLine, id: string, behind: string): Promise<string> {
  const { stdout } = await line.ao(['status', id]);
  const found = new RegExp(`^${behind} +(git (?:\\\\'|[^'\\n\\\\]|'[^']*')+)$`, 'm').exec(stdout);
  assert.ok(found?.[1] !== undefined, stdout);
  return found[1];
}

async function inShell(command: string): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
  await run('/bin/sh', ['-c', command], { env });
}

test('what is no repository with commits is refused in one sentence that says what to do', async (t) => {
  const line = await openCommandLine(t);
  const empty = openRepository(path.join(line.home, 'empty'));
  await mkdir(empty.path);
  const nowhere = await line.ao(['fix', empty.path, ...fixing, '--json']);
  assert.deepEqual([nowhere.code, JSON.parse(nowhere.stdout).error.code], [2, 'usage']);
  await empty.git('init', '--quiet', '--initial-branch=main');
  const none = await line.ao(['fix', empty.path, ...fixing, '--json']);
  assert.deepEqual([none.code, JSON.parse(none.stdout).error.hint], [5, 'Make a first commit.']);
  const repository = await red(t);
  await repository.git('checkout', '--quiet', '--detach');
  const detached = await line.ao(['fix', repository.path, ...fixing, '--json']);
  assert.equal(detached.code, 2);
  assert.match(JSON.parse(detached.stdout).error.hint, /--target BRANCH/);
});

for (const branch of ['feat/x', '$(id)', "a'b", '🚀', 'refs/heads/y']) {
  test(`a branch called ${branch} goes green, and so does one that a flag names`, async (t) => {
    const line = await openCommandLine(t);
    const repository = await red(t);
    await repository.git('branch', '--move', 'main', branch);
    const { target } = green(
      await line.ao(['fix', repository.path, '--target', branch, ...fixing, '--json']),
    );
    assert.deepEqual([target.branch, target.after], [branch, await repository.head()]);
  });
}

for (const name of ['sp ace ', 'new\nline', 'ünï ☃', `q'"uote`, '$(id)', '-dash', '*']) {
  test(`a folder called ${JSON.stringify(name)} goes green`, async (t) => {
    const line = await openCommandLine(t);
    const repository = await red(t);
    const odd = openRepository(path.join(line.home, name));
    await repository.git('clone', '--quiet', repository.path, odd.path);
    const report = green(await line.ao(['fix', odd.path, ...fixing, '--json']));
    assert.equal(report.target.after, await odd.head());
    await inShell(await printed(line, report.run, 'the way back'));
    assert.equal(await odd.head(), report.target.before);
  });
}

test('the way back moves the target and no other branch, wherever it is checked out', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  const linked = `${repository.path}/linked`;
  await repository.git('checkout', '--quiet', '-b', 'other');
  await repository.commit({ b: '1\n' });
  const other = await repository.head('other');
  await repository.git('worktree', 'add', '--quiet', linked, 'main');
  const first = green(await line.ao(['fix', repository.path, '--target', 'main', ...fixing, '--json']));
  await inShell(await printed(line, first.run, 'the way back'));
  assert.deepEqual(
    [await repository.head('main'), await repository.head('other')],
    [first.target.before, other],
  );
  assert.equal(await openRepository(linked).git('status', '--porcelain'), '');

  await repository.git('worktree', 'remove', '--force', linked);
  const second = green(await line.ao(['fix', repository.path, '--target', 'main', ...fixing, '--json']));
  await inShell(await printed(line, second.run, 'the way back'));
  assert.deepEqual(
    [
      await repository.head('main'),
      await repository.head('other'),
      await repository.git('branch', '--show-current'),
    ],
    [first.target.before, other, 'other'],
  );
});

test('commits that wait for another worktree are landed there by the printed command', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  const linked = openRepository(`${repository.path}/linked`);
  await repository.git('checkout', '--quiet', '-b', 'other');
  await repository.git('worktree', 'add', '--quiet', linked.path, 'main');
  await linked.write({ a: 'mine\n' });
  const held = await line.ao(['fix', repository.path, '--target', 'main', ...fixing, '--json']);
  assert.equal(held.code, 1, held.stderr);
  const report: Report = JSON.parse(held.stdout);
  const before = await repository.head('other');
  await linked.git('checkout', '--', 'a');
  await inShell(await printed(line, report.run, '[^\\n]* then:\\n'));
  assert.equal(await repository.head('main'), await repository.head(`refs/ao/landed/${report.run}`));
  assert.equal(await repository.head('other'), before);
});

test('a bare and a shallow repository go green', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  await repository.commit({ b: '1\n' });
  for (const options of [['--bare'], ['--depth=1']]) {
    const copy = openRepository(path.join(line.home, options.join('')));
    await repository.git('clone', '--quiet', ...options, `file://${repository.path}`, copy.path);
    const report = green(await line.ao(['fix', copy.path, ...fixing, '--json']));
    assert.equal(await copy.git('show', 'main:a'), '1');
    await inShell(await printed(line, report.run, 'the way back'));
    assert.equal(await copy.head('main'), report.target.before);
  }
});

test('hooks, signing and helpers of the user run neither in the repository nor from the global configuration', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  const home = path.join(line.home, 'user');
  const trace = path.join(line.home, 'trace');
  const hooks = [path.join(home, 'hooks'), path.join(repository.path, '.git/hooks')];
  const names = ['pre-commit', 'pre-receive', 'post-receive', 'update', 'pre-push', 'post-checkout'];
  for (const folder of hooks) {
    await mkdir(folder, { recursive: true });
    for (const name of [...names, 'reference-transaction', 'push-to-checkout', 'post-merge', 'fsmonitor']) {
      await writeFile(path.join(folder, name), `#!/bin/sh\necho ${name} >> '${trace}'\nexit 1\n`);
      await chmod(path.join(folder, name), 0o755);
    }
  }
  const [folder = ''] = hooks;
  const settings = `[core]\n hooksPath = ${folder}\n fsmonitor = ${folder}/fsmonitor\n[commit]\n gpgSign = true\n[gpg]\n program = /bin/false\n[push]\n gpgSign = true\n[diff]\n external = /bin/false\n[merge]\n verifySignatures = true\n`;
  await writeFile(path.join(home, '.gitconfig'), settings);
  await repository.git('config', 'commit.gpgSign', 'true');
  await repository.git('config', '--unset', 'user.name');
  const env = { HOME: home, GIT_CONFIG_GLOBAL: path.join(home, '.gitconfig') };
  green(await line.ao(['fix', repository.path, ...fixing, '--json'], { env }));
  assert.equal(existsSync(trace), false);
});

test('files with odd names and other line ends are fixed and leave the checkout clean', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  await repository.git('config', 'core.autocrlf', 'true');
  const odd = { 'new\nline': 'x', [`q'"uote`]: 'x', ' lead': 'x', '-rf': 'x', 'tab\tx': 'x', a: '0\r\n' };
  await repository.commit({ ...odd, '.gitattributes': 'a text eol=crlf\n*.bat -text\n', 'k.bat': 'x\r\n' });
  const names = `printf 1 > "$(printf 'n\\n2')"; rm -- -rf; printf '1\\n' > a`;
  const flags = ['--check', 't=grep -q 1 a', '--agent-command', JSON.stringify(['sh', '-c', names])];
  green(await line.ao(['fix', repository.path, ...flags, '--json']));
  assert.equal(await repository.git('status', '--porcelain'), '');
  assert.equal(await repository.git('show', 'HEAD:n\n2'), '1');
});

test('submodules that are named relative to the repository, or to where it came from, are there for agents and checks', async (t) => {
  const line = await openCommandLine(t);
  const upstream = path.join(line.home, 'upstream');
  const library = await makeRepository({ files: { l: '1\n' } });
  t.after(() => library.remove());
  await library.git('clone', '--quiet', library.path, path.join(upstream, 'library'));
  const repository = openRepository(path.join(upstream, 'shop'));
  await (await red(t)).git('clone', '--quiet', '.', repository.path);
  await repository.git('remote', 'remove', 'origin');
  const allowed = ['-c', 'protocol.file.allow=always'];
  await repository.git(...allowed, 'submodule', '--quiet', 'add', '../library', 'lib');
  await repository.git('-c', 'user.name=U', '-c', 'user.email=u@x', 'commit', '--quiet', '--message=lib');
  const copy = openRepository(path.join(line.home, 'copy'));
  await repository.git('clone', '--quiet', repository.path, copy.path);

  const home = path.join(line.home, 'user');
  await mkdir(home);
  await writeFile(path.join(home, '.gitconfig'), '[protocol "file"]\n\tallow = always\n');
  const flags = [
    '--check',
    't=test -f lib/l && grep -qx 1 a',
    '--agent-command',
    `sh -c 'test -f lib/l && echo 1 > a'`,
  ];
  for (const { path: place } of [copy, repository]) {
    green(await line.ao(['fix', place, ...flags, '--json'], { env: { HOME: home } }));
  }
});
