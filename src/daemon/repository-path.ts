import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AoError } from '../domain/errors.ts';

/** Real path of the top directory of the repository that `path` is in; a bare repository is its own top. */
export function repositoryPath(cwd: string, path: string | null): string {
  const start = realPath(resolve(cwd, path ?? '.'));
  for (let at = start; ; at = dirname(at)) {
    if (exists(join(at, '.git')) || isBare(at)) return at;
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

function isBare(path: string): boolean {
  return exists(join(path, 'HEAD')) && exists(join(path, 'objects')) && exists(join(path, 'refs'));
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
