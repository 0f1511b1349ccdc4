import type { Git } from '../../lib/git.ts';
import { pathFromBytes, splitAtNul } from '../../lib/path-bytes.ts';
import { addFiles, removeEntries } from './index-files.ts';
import { type Tracked, unchangedLfsFiles } from './lfs-files.ts';
import { filesOfNested } from './nested-repositories.ts';
import { openDirectories } from './open-directories.ts';

export interface CapturedTree {
  /** With everything that was committed and not. */
  tree: string;
  /** Without what was not committed. */
  committedTree: string;
  /** Files and directories of other users that could not be read and are missing from the tree. */
  unread: string[];
}

export interface TreeSpec {
  /** Commit that the files are compared with, and its tree. */
  base: string;
  baseTree: string;
  start: string;
  startFiles: ReadonlySet<string>;
  exclude: readonly string[];
  /** The agent's directory, null where it has gone. */
  root: string | null;
}

/** `git` runs with the hub's git directory, an index of ours and the agent's directory as its work tree. */
export async function buildTree(git: Git, spec: TreeSpec): Promise<CapturedTree> {
  await git(['read-tree', spec.base]);
  const unwanted = await findUnwanted(git, spec);
  await removeEntries(git, unwanted.entries);
  const committedTree = unwanted.entries.length === 0 ? spec.baseTree : await writeTree(git);
  if (spec.root === null) return { tree: committedTree, committedTree, unread: [] };

  const { tracked, untracked, closed } = await findFiles(git, spec.root, unwanted);
  await removeEntries(git, tracked.gone);
  const unchanged = await unchangedLfsFiles(git, spec.root, tracked.present);
  const present = tracked.present.map(({ name }) => name).filter((name) => !unchanged.has(name));
  const unread = await addFiles(git, spec.root, [...present, ...untracked]);
  return { tree: await writeTree(git), committedTree, unread: [...closed, ...unread] };
}

interface Found {
  tracked: { present: Tracked[]; gone: string[] };
  untracked: string[];
  /** Directories that stay closed. */
  closed: string[];
}

/** Git goes past a directory that it cannot open, with no more than a word. */
async function findFiles(git: Git, root: string, unwanted: Unwanted): Promise<Found> {
  let denied = false;
  const listening: Git = async (args, options) => {
    const result = await git(args, options);
    denied ||= result.stderr.includes('Permission denied');
    return result;
  };
  const look = async (): Promise<Omit<Found, 'closed'>> => {
    const tracked = await findTracked(listening);
    const names = await findUntracked(listening, root);
    return { tracked, untracked: names.filter((name) => !unwanted.excludes(name)) };
  };
  const found = await look();
  if (!denied) return { ...found, closed: [] };
  const closed = await openDirectories(root);
  return { ...(await look()), closed };
}

/** Paths of the submodules of a commit. */
export async function submodulesOf(git: Git, commit: string): Promise<string[]> {
  const { stdout } = await git(['ls-tree', '-r', '-z', '--full-tree', commit]);
  return splitAtNul(stdout)
    .map(readEntry)
    .filter(([, mode]) => mode === gitlink)
    .map(([name]) => name);
}

/** All files below `root` that no `.gitignore` names, whatever is known of them. */
export async function wholeTree(git: Git, root: string): Promise<string> {
  await addFiles(git, root, await findUntracked(git, root));
  return writeTree(git);
}

async function writeTree(git: Git): Promise<string> {
  return (await git(['write-tree'])).stdout.toString().trim();
}

interface Unwanted {
  /** In the index now. */
  entries: string[];
  excludes(name: string): boolean;
}

/**
 * Our own files, where the project did not have them at the start; and repositories inside the repository that the
 * agent added as such: their commits exist nowhere but there, so that their files are taken instead.
 */
async function findUnwanted(git: Git, spec: TreeSpec): Promise<Unwanted> {
  const isOurs = (name: string): boolean =>
    spec.exclude.some((one) => name === one || name.startsWith(`${one}/`));
  const excludes = (name: string): boolean => isOurs(name) && !spec.startFiles.has(name);
  if (spec.base === spec.start) return { entries: [], excludes }; // nothing was committed
  const [index, atStart] = await Promise.all([
    git(['ls-files', '-z', '--stage']),
    git(['ls-tree', '-r', '-z', '--full-tree', spec.start]),
  ]);
  const modes = new Map(splitAtNul(atStart.stdout).map(readEntry));
  const entries = splitAtNul(index.stdout)
    .map(readEntry)
    .filter(([name, mode]) => excludes(name) || (mode === gitlink && modes.get(name) !== gitlink))
    .map(([name]) => name);
  return { entries, excludes };
}

const gitlink = '160000';

/** `mode …` TAB path */
function readEntry(record: Buffer): [name: string, mode: string] {
  const tab = record.indexOf(0x09);
  return [pathFromBytes(record.subarray(tab + 1)), record.toString('latin1', 0, 6)];
}

/** Files of the index that may have changed, and those that are no files any more. */
async function findTracked(git: Git): Promise<{ present: Tracked[]; gone: string[] }> {
  const { stdout } = await git([
    'diff-files',
    '-z',
    '--raw',
    '--no-abbrev',
    '--ignore-submodules=all',
    '--no-ext-diff',
  ]);
  const records = splitAtNul(stdout);
  const found: { present: Tracked[]; gone: string[] } = { present: [], gone: [] };
  for (let at = 0; at + 1 < records.length; at += 2) {
    const [, mode = '', object = ''] = (records[at] ?? Buffer.alloc(0)).toString('latin1').split(' ');
    const name = pathFromBytes(records[at + 1] ?? Buffer.alloc(0));
    if (mode === '000000' || mode === gitlink) found.gone.push(name);
    else found.present.push({ name, object });
  }
  return found;
}

/** New files that no `.gitignore` names. A repository inside the repository is listed as a directory: we look into it. */
async function findUntracked(git: Git, root: string): Promise<string[]> {
  const { stdout } = await git(['ls-files', '-z', '--others', '--exclude-standard']);
  const names = splitAtNul(stdout).map(pathFromBytes);
  const nested = names.filter((name) => name.endsWith('/'));
  const files = names.filter((name) => !name.endsWith('/'));
  return nested.length === 0 ? files : [...files, ...(await filesOfNested(git, root, nested))];
}
