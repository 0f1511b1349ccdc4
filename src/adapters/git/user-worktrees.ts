import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The user's repository, by real paths. */
export interface UserRepository {
  /** Top directory of the work tree that was named, or the bare repository. */
  path: string;
  /** Git directory of that work tree. */
  gitDir: string;
  /** Git directory that all work trees share. */
  commonDir: string;
  bare: boolean;
}

export interface Worktree {
  path: string;
  gitDir: string;
  /** False while a rebase or bisect works on the branch with a detached head. */
  attached: boolean;
}

/** Work trees in which the branch is checked out, or being rebased or bisected. Read from files: nothing runs. */
export async function worktreesOn(repository: UserRepository, branch: string): Promise<Worktree[]> {
  const linked = await readdir(path.join(repository.commonDir, 'worktrees')).catch(() => []);
  const gitDirs = [
    ...(repository.bare ? [] : [repository.commonDir]),
    ...linked.map((name) => path.join(repository.commonDir, 'worktrees', name)),
  ];
  const found: Worktree[] = [];
  for (const gitDir of gitDirs) {
    const attached = (await firstLine(gitDir, 'HEAD')) === `ref: refs/heads/${branch}`;
    if (attached || (await worksOn(gitDir, branch))) {
      found.push({ gitDir, attached, path: await workTreeOf(repository, gitDir) });
    }
  }
  return found;
}

async function worksOn(gitDir: string, branch: string): Promise<boolean> {
  const names = await Promise.all(
    ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START'].map((file) =>
      firstLine(gitDir, file),
    ),
  );
  return names.some((name) => name === branch || name === `refs/heads/${branch}`);
}

async function workTreeOf(repository: UserRepository, gitDir: string): Promise<string> {
  if (gitDir === repository.gitDir) return repository.path;
  if (gitDir === repository.commonDir) return path.dirname(gitDir);
  return path.dirname(path.resolve(gitDir, await firstLine(gitDir, 'gitdir')));
}

async function firstLine(directory: string, file: string): Promise<string> {
  const text = await readFile(path.join(directory, file), 'utf8').catch(() => '');
  return (text.split('\n')[0] ?? '').trim();
}
