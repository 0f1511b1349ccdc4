import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Git } from '../../lib/git.ts';
import { pathFromBytes, pathToBytes, splitAtNul } from '../../lib/path-bytes.ts';

interface Entry {
  mode: string;
  object: string;
  path: string;
}

/** Entries of a tree at and below `paths` (all of them where there are none), files only. */
async function listEntries(git: Git, revision: string, paths: readonly string[] = []): Promise<Entry[]> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', revision];
  // As arguments git takes few names, only text, and none that leads out; others are picked from the whole list.
  const pick = paths.length > 0 && paths.length < 200 && paths.every(isPlain);
  const { stdout } = await git(pick ? [...args, '--', ...paths] : args);
  const entries = splitAtNul(stdout).map(readEntry);
  return paths.length === 0
    ? entries
    : entries.filter((entry) => paths.some((name) => isWithin(entry.path, name)));
}

function isPlain(name: string): boolean {
  return name.isWellFormed() && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

export function isWithin(file: string, directory: string): boolean {
  return file === directory || file.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

function readEntry(record: Buffer): Entry {
  const tab = record.indexOf(0x09);
  const [mode = '', , object = ''] = record.toString('latin1', 0, tab).split(' ');
  return { mode, object, path: pathFromBytes(record.subarray(tab + 1)) };
}

/** `tree` with `paths` as they are in `from`, by way of an index of our own. */
export async function restorePaths(
  git: Git,
  gitDir: string,
  spec: { tree: string; from: string; paths: readonly string[] },
): Promise<string> {
  if (spec.paths.length === 0) return spec.tree;
  const [now, wanted] = await Promise.all([
    listEntries(git, spec.tree, spec.paths),
    listEntries(git, spec.from, spec.paths),
  ]);
  const nowhere = '0'.repeat(spec.tree.length);
  const lines = [
    ...now.map((entry) => indexLine({ ...entry, mode: '0', object: nowhere })),
    ...wanted.map(indexLine),
  ];
  const directory = await mkdtemp(path.join(gitDir, 'ao', 'index-'));
  const indexFile = path.join(directory, 'index');
  try {
    await git(['read-tree', spec.tree], { indexFile });
    await git(['update-index', '-z', '--index-info'], { indexFile, input: Buffer.concat(lines) });
    return (await git(['write-tree'], { indexFile })).stdout.toString().trim();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function indexLine({ mode, object, path: name }: Entry): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${object}\t`), pathToBytes(name), Buffer.from([0])]);
}

/** Refs whose names begin with `prefix`, with the time of their commits in milliseconds. */
export async function listRefs(
  git: Git,
  prefix: string,
): Promise<{ ref: string; commit: string; at: number }[]> {
  const below = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const format = '%(refname)%00%(objectname)%00%(creatordate:unix)';
  const { stdout } = await git(['for-each-ref', `--format=${format}`, below]);
  return stdout
    .toString()
    .split('\n')
    .map((line) => line.split('\0'))
    .flatMap(([ref = '', commit = '', at = '0']) =>
      ref !== '' && ref.startsWith(prefix) ? [{ ref, commit, at: Number(at) * 1000 }] : [],
    );
}
