import { globSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parse } from 'yaml';

/** Directories of the packages that a repository's package.json or pnpm-workspace.yaml names, repository-relative. */
export function workspacePackages(root: string): string[] {
  const { workspaces } = fieldsIn(join(root, 'package.json'), JSON.parse);
  const { packages } = fieldsIn(join(root, 'pnpm-workspace.yaml'), (text) => parse(text, yamlOptions));
  const found = globSync(
    [workspaces, fieldsOf(workspaces).packages, packages]
      .flatMap(patternsOf)
      .map((pattern) => `${pattern}/package.json`),
    { cwd: root, exclude: (name) => name === 'node_modules' },
  );
  return [...new Set(found.map((path) => posix.dirname(path)))].toSorted();
}

const yamlOptions = { uniqueKeys: false, logLevel: 'error' } as const;
const largest = 1024 * 1024;

/** Nothing where there is no such file, or nobody could read it. */
function fieldsIn(path: string, read: (text: string) => unknown): Record<string, unknown> {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= largest ? fieldsOf(read(readFileSync(path, 'utf8'))) : {};
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Those that stay below the repository, and are not there to leave something out. */
function patternsOf(list: unknown): string[] {
  const patterns = Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
  return patterns
    .map((pattern) => posix.normalize(pattern).replace(/\/$/, ''))
    .filter((pattern) => !/^(?:!|\/|\.{1,2}(?:\/|$))/.test(pattern));
}
