import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A path as a check printed it, as repository-relative path with `/`; null where it lies outside of `root`. A relative
 * one is tried against each of `bases` (repository-relative directories) and is taken from the first where it exists.
 */
export function repositoryPath(root: string, path: string, bases: readonly string[] = []): string | null {
  const plain = fromUrl(path.trim());
  if (plain === '' || plain.includes('\0')) return null;
  if (isAbsolute(plain)) return below(root, plain) ?? below(realRoot(root), plain);
  for (const base of ['', ...bases]) {
    const candidate = inside(posix.join(base, plain));
    if (candidate !== null && existsSync(join(root, candidate))) return candidate;
  }
  return inside(posix.normalize(plain));
}

/** The same, but null as well where there is no such file. */
export function existingPath(root: string, path: string, bases: readonly string[] = []): string | null {
  if (path.length > 1000) return null;
  const found = repositoryPath(root, path, bases);
  return found !== null && existsSync(join(root, found)) ? found : null;
}

function fromUrl(path: string): string {
  if (!path.startsWith('file:')) return path;
  try {
    return fileURLToPath(path);
  } catch {
    return path.replace(/^file:\/*/, '');
  }
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}

function below(root: string, path: string): string | null {
  const relative = posix.relative(root, path);
  return isAbsolute(relative) ? null : inside(relative);
}

function inside(path: string): string | null {
  const normal = posix.normalize(path);
  return normal === '.' || normal === '..' || normal.startsWith('../') ? null : normal;
}

const largestRead = 4 * 1024 * 1024;

/** Text of a file of the project; empty where there is none, it is no ordinary file, or it is too large to be source. */
export function readText(path: string): string {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= largestRead ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
