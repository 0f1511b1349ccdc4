import { globSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parse } from 'yaml';

/** Directories of the packages that a repository's package.json or pnpm-workspace.yaml names, repository-relative. */
export function workspacePackages(root: string): string[] {
  const { workspaces } = fieldsIn(join(root, 'package.json'), JSON.parse);
  const { packages } = fieldsIn(join(root, 'pnpm-workspace.yaml'), (text) => parse(text, yamlOptions));
  const found = globSync(
    affordable([workspaces, fieldsOf(workspaces).packages, packages].flatMap(patternsOf)).map(
      (pattern) => `${pattern}/package.json`,
    ),
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

/** Of all patterns together. A project may name more than anybody can look for, and whoever asks waits meanwhile. */
const mostPlaces = 2000;

/** As many as can be looked for, the plain ones first. */
function affordable(patterns: readonly string[]): string[] {
  let left = mostPlaces;
  return patterns
    .map((pattern) => ({ pattern, places: alternatives(pattern) }))
    .toSorted((a, b) => a.places - b.places)
    .filter(({ places }) => (left -= places) >= 0)
    .map(({ pattern }) => pattern);
}

/** As how many patterns one with braces has to be read; nested ones and ranges are too many. */
function alternatives(pattern: string): number {
  if (/\{[^}]*(?:\{|\.\.)/.test(pattern)) return Number.POSITIVE_INFINITY;
  const choices = pattern.match(/\{[^}]*\}/g) ?? [];
  return choices.reduce((product, choice) => product * choice.split(',').length, 1);
}
