import { chmod, lstat, readFile, readlink } from 'node:fs/promises';
import { AoError } from '../../domain/errors.ts';
import type { Git } from '../../lib/git.ts';
import { joinWithNul, pathToBytes } from '../../lib/path-bytes.ts';

/** Takes entries out of the index; the files stay as they are. */
export async function removeEntries(git: Git, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { stdout } = await git(['rev-parse', '--show-object-format']);
  const nothing = '0'.repeat(stdout.toString().trim() === 'sha256' ? 64 : 40);
  await writeEntries(
    git,
    names.map((name) => [`0 ${nothing}`, name]),
  );
}

/**
 * Puts files and links into the index as they are now. Git gives up at the first that it cannot take, so the list is
 * halved until only that one is left: one odd file must not cost the others. Resolves with those that are another user's
 * and cannot be read: what was committed of them stays.
 */
export async function addFiles(git: Git, root: string, names: readonly string[]): Promise<string[]> {
  const [first] = names;
  if (first === undefined) return [];
  try {
    const args = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
    await git(args, { input: joinWithNul(names) });
    return [];
  } catch (error) {
    if (!(error instanceof AoError)) throw error;
    if (names.length === 1) return (await addAlone(git, root, first)) ? [] : [first];
    const half = names.length >> 1;
    const unread = await addFiles(git, root, names.slice(0, half));
    return [...unread, ...(await addFiles(git, root, names.slice(half)))];
  }
}

/**
 * Its bytes as they are, without what attributes say of encodings; a failure now is one of the machine's. False where it
 * cannot be read.
 */
async function addAlone(git: Git, root: string, name: string): Promise<boolean> {
  const file = Buffer.concat([Buffer.from(`${root}/`), pathToBytes(name)]);
  const stats = await lstat(file).catch(() => null);
  if (!stats?.isFile() && !stats?.isSymbolicLink()) {
    await removeEntries(git, [name]);
    return true;
  }
  const content = stats.isFile()
    ? await readForced(file, stats.mode)
    : await readlink(file, { encoding: 'buffer' });
  if (content === null) return false;
  const { stdout } = await git(['hash-object', '-w', '--stdin'], { input: content });
  const mode = stats.isFile() ? (stats.mode & 0o100 ? '100755' : '100644') : '120000';
  await writeEntries(git, [[`${mode} ${stdout.toString().trim()}`, name]]);
  return true;
}

/** A file that the agent has made unreadable is made readable: it is in a directory of ours. */
async function readForced(file: Buffer, mode: number): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch {
    await chmod(file, (mode & 0o777) | 0o400).catch(() => {});
    return readFile(file).catch(() => null);
  }
}

async function writeEntries(
  git: Git,
  entries: readonly (readonly [entry: string, name: string])[],
): Promise<void> {
  const lines = entries.flatMap(([entry, name]) => [Buffer.from(`${entry}\t`), joinWithNul([name])]);
  await git(['update-index', '-z', '--index-info'], { input: Buffer.concat(lines) });
}
