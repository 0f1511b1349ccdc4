import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AoError } from '../domain/errors.ts';

const quietly = { throwIfNoEntry: false } as const;

/** Real path of the top directory of the repository that `path` is in; a bare repository is its own top. */
export function repositoryPath(cwd: string, path: string | null): string {
  if (path === '') throw new AoError('usage', 'the path is empty', 'Name a folder that exists: ao fix PATH');
  const start = realPath(resolve(cwd, path ?? '.'));
  for (let at = start; ; at = dirname(at)) {
    const git = join(at, '.git');
    if (isFile(git) || isGitDirectory(git) || isGitDirectory(at)) return at;
    if (at === dirname(at)) break;
  }
  throw new AoError('usage', `${start} is not in a git repository`, 'Name a repository: ao fix PATH');
}

function realPath(path: string): string {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : dirname(real);
  } catch {
    throw new AoError('usage', `there is no ${path}`, 'Name a folder that exists: ao fix PATH');
  }
}

/** As git itself tells: an empty `.git`, which the sandbox of codex leaves in /tmp when it is killed, is no repository. */
function isGitDirectory(path: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => statSync(join(path, name), quietly) !== undefined);
}

/** A linked worktree or a submodule: the file names the directory. */
function isFile(path: string): boolean {
  return statSync(path, quietly)?.isFile() ?? false;
}
