import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Git } from '../../lib/git.ts';
import { joinWithNul, pathFromBytes, pathToBytes, splitAtNul } from '../../lib/path-bytes.ts';

/** A file of the index and the object that it has there. */
export interface Tracked {
  name: string;
  object: string;
}

interface Pointer extends Tracked {
  oid: string;
  size: number;
}

/** Pointers are smaller than this by definition. */
const maxPointerBytes = 1024;

/**
 * Names of the files that are what their Git LFS pointer says. The commit holds the pointer and setup fetched the
 * content; since no filter of LFS runs here, each of them would be taken for a change.
 */
export async function unchangedLfsFiles(
  git: Git,
  root: string,
  tracked: readonly Tracked[],
): Promise<Set<string>> {
  const unchanged = new Set<string>();
  if (!tracked.some(({ name }) => /(^|\/)\.gitattributes$/.test(name))) return unchanged;
  const filtered = await withLfsFilter(
    git,
    tracked.map(({ name }) => name),
  );
  const pointers = await readPointers(
    git,
    tracked.filter(({ name }) => filtered.has(name)),
  );
  for (const pointer of pointers) {
    if (await hasContent(root, pointer)) unchanged.add(pointer.name);
  }
  return unchanged;
}

async function withLfsFilter(git: Git, names: readonly string[]): Promise<Set<string>> {
  const { stdout } = await git(['check-attr', '-z', '--stdin', 'filter'], { input: joinWithNul(names) });
  const fields = splitAtNul(stdout);
  const found = new Set<string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    if (fields[at + 2]?.toString() === 'lfs') found.add(pathFromBytes(fields[at] ?? Buffer.alloc(0)));
  }
  return found;
}

async function readPointers(git: Git, files: readonly Tracked[]): Promise<Pointer[]> {
  if (files.length === 0) return [];
  const ask = (list: readonly Tracked[]): string => list.map(({ object }) => `${object}\n`).join('');
  const sizes = (await git(['cat-file', '--batch-check=%(objectsize)'], { input: ask(files) })).stdout
    .toString()
    .split('\n');
  const small = files.filter((_, index) => Number(sizes[index]) < maxPointerBytes);
  if (small.length === 0) return [];
  const { stdout } = await git(['cat-file', '--batch=%(objectsize)'], { input: ask(small) });
  const pointers: Pointer[] = [];
  let at = 0;
  for (const file of small) {
    const lineEnd = stdout.indexOf(0x0a, at);
    const size = Number(stdout.toString('latin1', at, lineEnd));
    const text = stdout.toString('utf8', lineEnd + 1, lineEnd + 1 + size);
    at = lineEnd + 1 + size + 1;
    const [, oid, bytes] =
      /^version https:\/\/git-lfs\.[^]*^oid sha256:([0-9a-f]{64})\nsize (\d+)$/m.exec(text) ?? [];
    if (oid !== undefined) pointers.push({ ...file, oid, size: Number(bytes) });
  }
  return pointers;
}

async function hasContent(root: string, pointer: Pointer): Promise<boolean> {
  const file = Buffer.concat([Buffer.from(`${root}/`), pathToBytes(pointer.name)]);
  const stats = await lstat(file).catch(() => null);
  if (!stats?.isFile() || stats.size !== pointer.size) return false;
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch {
    return false;
  }
  return hash.digest('hex') === pointer.oid;
}
