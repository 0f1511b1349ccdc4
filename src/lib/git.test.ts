import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { makeRepository } from '../../test/support/repositories.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { GitError, git, gitWith } from './git.ts';

test('git sees nothing of the environment and of the configuration of whoever runs it', async () => {
  const repository = await makeRepository();
  const before = { ...process.env };
  try {
    await writeFile(
      path.join(repository.path, 'gitconfig'),
      '[user]\n\tname = Global\n[core]\n\tpager = false\n',
    );
    process.env['GIT_CONFIG_GLOBAL'] = path.join(repository.path, 'gitconfig');
    process.env['GIT_DIR'] = '/nonexistent';
    process.env['GIT_AUTHOR_NAME'] = 'From The Environment';
    const run = async (...args: string[]) =>
      (await git(args, { cwd: repository.path })).stdout.toString().trim();
    assert.equal(await run('config', 'user.name'), 'Ursula User');
    assert.equal(await run('config', 'core.hooksPath'), '/dev/null');
    assert.match(await run('var', 'GIT_AUTHOR_IDENT'), /^ao </);
    assert.equal(
      (await git(['config', 'core.pager'], { cwd: repository.path, asUser: true })).stdout.toString(),
      'false\n',
    );
  } finally {
    for (const name of ['GIT_CONFIG_GLOBAL', 'GIT_DIR', 'GIT_AUTHOR_NAME']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await repository.remove();
  }
});

test('a failure has the words of git without escape sequences, and an allowed exit code is an answer', async () => {
  const repository = await makeRepository();
  try {
    const options = { cwd: repository.path };
    await assert.rejects(
      git(['rev-parse', '--verify', 'no\u001b[31mthing'], options),
      (error) =>
        error instanceof GitError &&
        error.exitCode === 128 &&
        error.message.startsWith('git rev-parse: fatal: Needed a single'),
    );
    const talker = path.join(repository.path, 'talker.sh');
    await writeFile(talker, '#!/bin/sh\nprintf "\\033[31mred\\033]0;title\\007 words\\n" >&2\nexit 1\n', {
      mode: 0o755,
    });
    await assert.rejects(git(['ls-remote', `--upload-pack=${talker}`, repository.path], options), (error) => {
      return (
        error instanceof Error && !error.message.includes('\u001b') && error.message.includes('red words')
      );
    });
    assert.equal((await git(['diff', '--quiet', 'HEAD~0'], { ...options, allowExit: [1] })).exitCode, 0);
    assert.equal((await git(['config', 'no.such'], { ...options, allowExit: [1] })).exitCode, 1);
    const translated = gitWith((message) => new TypeError(message));
    await assert.rejects(translated(['switch', 'nowhere'], options), TypeError);
    await assert.rejects(
      git(['status'], { cwd: path.join(repository.path, 'nowhere') }),
      /cannot be started/,
    );
  } finally {
    await repository.remove();
  }
});

test('output beyond the limit is an error, or is cut where that was asked for', async () => {
  const repository = await makeRepository({ files: { 'big.txt': 'x'.repeat(3 << 20) } });
  try {
    const show = (options: object) =>
      git(['cat-file', 'blob', 'HEAD:big.txt'], { cwd: repository.path, ...options });
    assert.equal((await show({})).stdout.length, 3 << 20);
    await assert.rejects(show({ maxBytes: 1 << 20 }), /more than 1 MiB/);
    const cut = await show({ maxBytes: 1 << 20, cut: true });
    assert.deepEqual([cut.stdout.length, cut.cut], [1 << 20, true]);
  } finally {
    await repository.remove();
  }
});

test('an abort ends git and what git started', async () => {
  const repository = await makeRepository();
  try {
    const pids = path.join(repository.path, 'pids');
    const slow = path.join(repository.path, 'slow.sh');
    await writeFile(slow, `#!/bin/sh\necho $$ > ${pids}.new && mv ${pids}.new ${pids}\nexec sleep 600\n`);
    await chmod(slow, 0o755);
    const stop = new AbortController();
    const running = git(['ls-remote', `--upload-pack=${slow}`, repository.path], { signal: stop.signal });
    const caught = assert.rejects(running, { name: 'AbortError' });
    const pid = Number(
      await waitFor('the other end to start', () => readFile(pids, 'utf8').catch(() => null)),
    );
    stop.abort();
    await caught;
    await waitFor('the other end to end', () => !isAlive(pid));
    await assert.rejects(git(['version'], { signal: stop.signal }), { name: 'AbortError' });
    await assert.rejects(
      git(['ls-remote', `--upload-pack=${slow}`, repository.path], { signal: AbortSignal.timeout(50) }),
      /took too long/,
    );
  } finally {
    await repository.remove();
  }
});

test('no transport but files of this machine is spoken', async () => {
  const repository = await makeRepository();
  try {
    for (const url of [
      'ext::sh -c true',
      'https://localhost:1/x',
      'ssh://localhost:1/x',
      'git://localhost:1/x',
    ]) {
      await assert.rejects(git(['ls-remote', url], { cwd: repository.path }), /transport .* not allowed/);
    }
    await git(['ls-remote', repository.path], { cwd: '/' });
  } finally {
    await repository.remove();
  }
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a directory that is gone is told apart from a git that is missing', async () => {
  const cwd = path.join('/nonexistent', 'project');
  await assert.rejects(git(['status'], { cwd }), /there is no \/nonexistent\/project any more/);
});
