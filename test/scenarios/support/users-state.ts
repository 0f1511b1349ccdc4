import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { digest, type TestRepository } from '../../support/repositories.ts';

/** What a landing on `main` moves: the branch, its log, and the index of the checkout that follows. */
const moved = /^(?:objects|refs\/ao|refs\/heads\/main$|logs\/HEAD$|logs\/refs\/heads\/main$|index$)/;

/**
 * Gives the repository what a user's has: untracked and ignored files, settings, hooks, a stash, index flags, another
 * branch, tags. The hooks would leave a file behind.
 */
export async function makeLivedIn(repository: TestRepository): Promise<void> {
  await repository.commit({ 'notes/flagged.txt': 'one\n', 'notes/skipped.txt': 'one\n' }, 'notes');
  await repository.git('branch', 'other', 'HEAD~1');
  await repository.git('tag', 'light');
  await repository.git('tag', '--annotate', '--message=heavy', 'heavy');
  await repository.write({ 'notes/flagged.txt': 'stashed\n' });
  await repository.git('stash', '--quiet');
  await repository.git('update-index', '--assume-unchanged', 'notes/flagged.txt');
  await repository.git('update-index', '--skip-worktree', 'notes/skipped.txt');
  await repository.git('config', 'alias.st', 'status --short');
  await repository.write({
    'untracked.txt': 'a thought\n',
    'drafts/deep/more.txt': 'more\n',
    'build/ignored.o': 'object\n',
    'node_modules/mine/index.js': 'mine\n',
    '.git/info/exclude': 'build/\nnode_modules/\n*.local\n',
    'settings.local': 'secret\n',
  });
  for (const name of ['pre-commit', 'post-checkout', 'post-merge', 'pre-receive', 'reference-transaction']) {
    const hook = path.join('.git', 'hooks', name);
    const canary = path.join(repository.path, `ran-${name}`);
    await repository.write({ [hook]: `#!/bin/sh\ntouch '${canary}'\n` });
    await chmod(path.join(repository.path, hook), 0o755);
  }
}

/** Everything of the user's that a run has to leave alone, by the byte: what a landing is about is left out. */
export async function usersState(repository: TestRepository): Promise<string[]> {
  const tracked = new Set((await repository.git('ls-files', '-z')).split('\0'));
  const git = path.join(repository.path, '.git');
  const refs = await repository.git('for-each-ref', '--format=%(refname) %(objectname)');
  return [
    await digest(repository.path, (name) => name.startsWith('.git/') || tracked.has(name)),
    await digest(git, (name) => moved.test(name)),
    refs.replaceAll(/^refs\/(?:ao\/|heads\/main ).*\n?/gm, ''),
    await repository.git('ls-files', '-v'),
    await repository.git('stash', 'list'),
    await repository.git('symbolic-ref', 'HEAD'),
    await repository.git('status', '--porcelain', '--untracked-files=all'),
  ];
}
