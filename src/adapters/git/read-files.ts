import { AoError } from '../../domain/errors.ts';
import { pathFromBytes } from '../../lib/path-bytes.ts';
import { remember } from '../../lib/remember.ts';
import type { ObjectReader } from './object-reader.ts';

/** Text beyond this is not read as a file that somebody wrote. */
const maxFileBytes = 64 << 20;

/** Directories whose entries are kept: from one commit to the next nearly all are the same. */
const REMEMBERED = 2048;

interface TreeEntry {
  mode: string;
  /** One part of a path. */
  name: string;
  id: string;
}

const directoryMode = '40000';

/** Files of commits and trees, read object by object: no process is started for any of them. */
export class FileReader {
  readonly #objects: ObjectReader;
  /** Objects never change. */
  readonly #entries = remember(REMEMBERED, async (tree) => {
    const found = await this.#objects.read(tree);
    if (found?.type !== 'tree') throw new AoError('failed', `git knows no tree ${tree}`);
    return parseTree(found.content, found.id.length / 2);
  });

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  async treeOf(revision: string): Promise<string> {
    const found = await this.#objects.info(`${revision}^{tree}`);
    if (found === null) throw new AoError('failed', `git knows no commit ${revision}`);
    return found.id;
  }

  /** Paths of all files, links and submodules below a tree, in git's order. */
  async list(tree: string): Promise<string[]> {
    const entries = await this.#entries(tree);
    const parts = entries.map(async ({ mode, name, id }) => {
      if (mode !== directoryMode) return [name];
      return (await this.list(id)).map((below) => `${name}/${below}`);
    });
    return (await Promise.all(parts)).flat();
  }

  /** Text of a regular file, or null. */
  async text(tree: string, path: string): Promise<string | null> {
    const entry = await this.#find(tree, path.split('/'));
    if (!entry?.mode.startsWith('100')) return null;
    const size = (await this.#objects.info(entry.id))?.size ?? 0;
    if (size > maxFileBytes) throw new AoError('failed', `${path} has more than ${maxFileBytes >> 20} MiB`);
    const content = (await this.#objects.read(entry.id))?.content;
    if (content === undefined) throw new AoError('failed', `git has lost ${entry.id}`);
    return content.subarray(0, 8000).includes(0) ? null : content.toString();
  }

  async #find(tree: string, [first, ...rest]: string[]): Promise<TreeEntry | null> {
    const entry = (await this.#entries(tree)).find(({ name }) => name === first);
    if (entry === undefined || rest.length === 0) return entry ?? null;
    return entry.mode === directoryMode ? this.#find(entry.id, rest) : null;
  }
}

/** `mode name` NUL and the bytes of the id, without anything between entries. */
function parseTree(content: Buffer, idBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = content.toString('latin1', at, space);
    const name = pathFromBytes(content.subarray(space + 1, end));
    at = end + 1 + idBytes;
    entries.push({ mode, name, id: content.toString('hex', end + 1, at) });
  }
  return entries;
}
