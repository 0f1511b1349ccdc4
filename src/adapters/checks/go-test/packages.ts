import { join, posix } from 'node:path';
import { existingPath, readText } from '../paths.ts';

/** Where the packages of a check are: import paths begin with the name of the module that they belong to. */
export interface Packages {
  root: string;
  modules: { name: string; directory: string }[];
}

export function findPackages(root: string, directories: readonly string[]): Packages {
  const modules = ['', ...directories].flatMap((directory) => {
    const name = /^module\s+"?([^\s"]+)/m.exec(readText(join(root, directory, 'go.mod')))?.[1];
    return name === undefined ? [] : [{ name, directory }];
  });
  return { root, modules };
}

/** Repository-relative; null for a package of no module that we know. */
function directoryOf(packages: Packages, name: string): string | null {
  const found = packages.modules.find((module) => name === module.name || name.startsWith(`${module.name}/`));
  return found === undefined ? null : posix.join(found.directory, name.slice(found.name.length + 1));
}

export interface Place {
  file: string;
  line: number;
}

/** The first place in a text that is of the project: go prints names as the package's directory sees them. */
export function placeIn(packages: Packages, name: string, text: string): Place | null {
  const directory = directoryOf(packages, name);
  let other: Place | null = null;
  for (const [, path = '', line = ''] of text
    .slice(0, 20_000)
    .matchAll(/(?:^|\s)([\w./@-]{1,300}\.go):(\d+)/g)) {
    const near = directory === null ? null : existingPath(packages.root, posix.join(directory, path));
    const file = near ?? existingPath(packages.root, path);
    if (file === null) continue;
    if (file.endsWith('_test.go')) return { file, line: Number(line) };
    other ??= { file, line: Number(line) };
  }
  return other;
}
