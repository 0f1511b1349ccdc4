import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { git } from './git.ts';
import { removeDirectory } from './remove-directory.ts';

export interface BorrowingRepository {
  /** New or empty. */
  directory: string;
  /** Bare repository whose objects it borrows and never copies. */
  from: string;
  /** Whose files are written into `directory`. */
  tree: string;
  /** Content of its HEAD: a commit, or `ref: refs/heads/…`. */
  head: string;
  /** Loose refs, `refs/heads/…` → commit. */
  refs?: Readonly<Record<string, string>>;
  /** Lines of `info/exclude`. */
  exclude?: readonly string[];
}

/**
 * A repository of its own with a work tree, without remotes, hooks, filters and identity. One git process, whatever its
 * size. Submodules are left as empty directories. Nothing is left behind when it fails.
 */
export async function makeBorrowingRepository(spec: BorrowingRepository): Promise<void> {
  await mkdir(spec.directory, { recursive: true, mode: 0o700 });
  if ((await readdir(spec.directory)).length > 0) throw new Error(`${spec.directory} is not empty`);
  try {
    await fill(spec);
  } catch (error) {
    await removeDirectory(spec.directory);
    throw error;
  }
}

async function fill(spec: BorrowingRepository): Promise<void> {
  const gitDir = path.join(spec.directory, '.git');
  await initialise(spec.directory, spec.tree.length === 64 ? 'sha256' : 'sha1');
  await mkdir(path.join(gitDir, 'objects', 'info'), { recursive: true });
  await writeFile(path.join(gitDir, 'objects', 'info', 'alternates'), `${path.join(spec.from, 'objects')}\n`);
  await mkdir(path.join(gitDir, 'info'), { recursive: true });
  await writeFile(
    path.join(gitDir, 'info', 'exclude'),
    (spec.exclude ?? []).map((line) => `${line}\n`).join(''),
  );
  // Its objects are borrowed, so there is nothing to pack; a collector in the background only keeps files busy.
  await writeFile(path.join(gitDir, 'config'), '[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n', {
    flag: 'a',
  });
  for (const [ref, commit] of Object.entries(spec.refs ?? {})) {
    const file = path.join(gitDir, ref);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${commit}\n`);
  }
  await copyShallow(spec.from, gitDir);
  await writeFile(path.join(gitDir, 'HEAD'), `${spec.head}\n`);
  await git(['read-tree', '--reset', '-u', spec.tree], { gitDir, workTree: spec.directory });
}

/** By object format and device. */
const configs = new Map<string, string>();

/** What git notes of a file system (modes, links, case) is the same for all repositories there: it looks once. */
async function initialise(directory: string, format: 'sha1' | 'sha256'): Promise<void> {
  const gitDir = path.join(directory, '.git');
  const place = `${format} ${(await stat(directory)).dev}`;
  const config = configs.get(place);
  if (config === undefined) {
    const options = ['--quiet', '--template=', `--object-format=${format}`, '--initial-branch=main'];
    await git(['init', ...options, '.'], { cwd: directory });
    configs.set(place, await readFile(path.join(gitDir, 'config'), 'utf8'));
    return;
  }
  for (const part of ['objects/pack', 'refs/heads', 'refs/tags']) {
    await mkdir(path.join(gitDir, part), { recursive: true });
  }
  await writeFile(path.join(gitDir, 'config'), config);
}

/** Where history was cut off in the one, it is cut off in the other. */
async function copyShallow(from: string, to: string): Promise<void> {
  await copyFile(path.join(from, 'shallow'), path.join(to, 'shallow')).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
}
