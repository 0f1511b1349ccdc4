import { readdir } from 'node:fs/promises';
import type { Git } from '../../lib/git.ts';
import { joinWithNul, pathFromBytes, pathToBytes, splitAtNul } from '../../lib/path-bytes.ts';
import { openDirectories } from './open-directories.ts';

interface Found {
  name: string;
  directory: boolean;
}

/**
 * Files in repositories that lie inside the agent's repository (`directories` end with a slash), without what is
 * ignored. Git does not look into them; it would run what their configuration says.
 */
export async function filesOfNested(
  git: Git,
  root: string,
  directories: readonly string[],
): Promise<string[]> {
  const files: string[] = [];
  for (const name of directories) await openDirectories(placeOf(root, name));
  for (let level = directories; level.length > 0; ) {
    const found = (await Promise.all(level.map((directory) => listDirectory(root, directory)))).flat();
    const ignored = await findIgnored(git, found);
    const kept = found.filter(({ name }) => !ignored.has(name));
    files.push(...kept.filter((one) => !one.directory).map(({ name }) => name));
    level = kept.filter((one) => one.directory).map(({ name }) => `${name}/`);
  }
  return files;
}

function placeOf(root: string, directory: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), pathToBytes(directory)]);
}

async function listDirectory(root: string, directory: string): Promise<Found[]> {
  const entries = await readdir(placeOf(root, directory), { withFileTypes: true, encoding: 'buffer' }).catch(
    () => [],
  );
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink() || entry.isDirectory())
    .map((entry) => ({ name: directory + pathFromBytes(entry.name), directory: entry.isDirectory() }))
    .filter(({ name }) => !name.endsWith('/.git'));
}

async function findIgnored(git: Git, found: readonly Found[]): Promise<Set<string>> {
  if (found.length === 0) return new Set();
  const input = joinWithNul(found.map(({ name }) => `./${name}`)); // a colon at its beginning would mean something
  const env = { GIT_LITERAL_PATHSPECS: '0' }; // which this command does not know
  const { stdout } = await git(['check-ignore', '-z', '--stdin'], { input, env, allowExit: [1] });
  return new Set(splitAtNul(stdout).map((record) => pathFromBytes(record.subarray(2))));
}
