import { randomUUID } from 'node:crypto';
import {
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { constants, existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { AoError } from '../../domain/errors.ts';
import { removeDirectory } from '../../lib/remove-directory.ts';
import { runProgram } from '../../lib/subprocess.ts';
import { relocate } from './relocate.ts';

interface Entry {
  /** Repository-relative paths that the entry holds. */
  paths: string[];
  /** Checkout in which they were made: some files hold its absolute path. */
  root: string;
}

/** An entry is as large as what a project depends on: so many stay, and those that were used of late. */
const keptEntries = 3;
const unusedMs = 7 * 24 * 3_600_000;

/** Prepared directories under one key each. An entry is complete, because it appears by one rename. */
export class SetupCache {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Copies what the key holds into `root`; false where there is nothing. */
  async restore(key: string, root: string): Promise<boolean> {
    const entry = await readEntry(join(this.#directory, key));
    if (entry === null) return false;
    const now = new Date();
    await utimes(join(this.#directory, key, 'entry.json'), now, now).catch(() => {}); // only noted
    for (const [index, path] of entry.paths.entries()) {
      const target = await safeTarget(root, path);
      await copyTree(join(this.#directory, key, String(index)), target);
      await relocate(target, entry.root, root);
    }
    return true;
  }

  /** Keeps those of `paths` that exist in `root`. */
  async store(key: string, root: string, paths: readonly string[]): Promise<void> {
    const present = paths.filter((path) => existsSync(join(root, path)));
    if (this.#isComplete(key)) return;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const draft = join(this.#directory, `.${key}.${randomUUID()}`);
    await mkdir(draft, { mode: 0o700 });
    try {
      for (const [index, path] of present.entries()) {
        if ((await lstat(join(root, path))).isSymbolicLink()) return;
        await copyTree(join(root, path), join(draft, String(index)));
      }
      const entry: Entry = { paths: [...present], root };
      await writeFile(join(draft, 'entry.json'), JSON.stringify(entry), { mode: 0o600 });
      await removeDirectory(join(this.#directory, key));
      await rename(draft, join(this.#directory, key));
      await this.#forgetOld();
    } catch (error) {
      // Another process may have been faster; its entry is as good.
      if (!this.#isComplete(key)) throw error;
    } finally {
      await removeDirectory(draft);
    }
  }

  /** Also drafts of daemons that died. What cannot be removed now may be the next time. */
  async #forgetOld(): Promise<void> {
    const names = await readdir(this.#directory);
    const found = await Promise.all(
      names.map(async (name) => ({ name, usedAt: await usedAt(join(this.#directory, name)) })),
    );
    const newest = found
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => b.usedAt - a.usedAt)
      .slice(0, keptEntries);
    const old = found.filter((one) => one.usedAt < Date.now() - unusedMs && !newest.includes(one));
    for (const { name } of old) await removeDirectory(join(this.#directory, name)).catch(() => {});
  }

  #isComplete(key: string): boolean {
    return existsSync(join(this.#directory, key, 'entry.json'));
  }
}

async function usedAt(directory: string): Promise<number> {
  const entry = await stat(join(directory, 'entry.json')).catch(() => null);
  return (entry ?? (await stat(directory).catch(() => null)))?.mtimeMs ?? Date.now();
}

async function readEntry(directory: string): Promise<Entry | null> {
  const text = await readFile(join(directory, 'entry.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Entry);
}

/** Where to copy to: below `root` by real paths, and with nothing there that the copy would go through. */
async function safeTarget(root: string, path: string): Promise<string> {
  await refuseOutwardLinks(root, [path]);
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  const present = await lstat(target).catch(() => null);
  if (present?.isDirectory() === true) await removeDirectory(target);
  else if (present !== null) await rm(target);
  return target;
}

/** npm empties node_modules through a link: whatever that leads to would be lost. */
export async function refuseOutwardLinks(root: string, paths: readonly string[]): Promise<void> {
  const top = await realpath(root);
  for (const path of paths) {
    for (const place of [join(root, path), dirname(join(root, path))]) {
      const real = await realpath(place).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return isLink(place).then((dangling) => (dangling ? null : top));
        throw error;
      });
      if (real !== null && (real === top || real.startsWith(top + sep))) continue;
      throw new AoError(
        'failed',
        `The project's ${path} is a link that leads out of the checkout; nothing is installed through it.`,
        'Remove the link from the repository.',
      );
    }
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isSymbolicLink() === true;
}

/** A copy that shares blocks where the file system can, and never files: links inside stay links as they are. */
export async function copyTree(from: string, to: string): Promise<void> {
  if (process.platform === 'linux') {
    const argv = ['cp', '-a', '--reflink=auto', '--', from, to];
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' };
    const { exitCode } = await runProgram({ argv, cwd: dirname(from), env, maxBytes: 64 * 1024 });
    if (exitCode === 0) return;
    await rm(to, { recursive: true, force: true });
  }
  const mode = constants.COPYFILE_FICLONE;
  await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode });
}
