import { access, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Git } from '../../lib/git.ts';
import { pathFromBytes, pathToBytes, splitAtNul } from '../../lib/path-bytes.ts';
import type { Hub } from '../../ports/git.ts';
import { type UserRepository, type Worktree, worktreesOn } from './user-worktrees.ts';

export interface Move {
  branch: string;
  expected: string;
  commit: string;
}

/**
 * Why the branch cannot move now, in words for the user, or null. It only looks: neither files nor index change. Git
 * itself checks again when it moves the branch; this says why, and covers what git would not refuse.
 */
export async function findObstacle(
  git: Git,
  hub: Hub,
  repository: UserRepository,
  move: Move,
): Promise<string | null> {
  const ref = `refs/heads/${move.branch}`;
  const symbolic = await git(['symbolic-ref', '--quiet', ref], { allowExit: [1, 128] });
  if (symbolic.exitCode === 0)
    return `${move.branch} is only another name of ${symbolic.stdout.toString().trim()}`;
  const lock = path.join(repository.commonDir, `${ref}.lock`);
  if (await exists(lock)) return `another git command holds ${move.branch}, or left ${lock} behind`;

  const [worktree, another] = await worktreesOn(repository, move.branch);
  if (worktree === undefined) return null;
  if (another !== undefined)
    return `${move.branch} is checked out in ${worktree.path} and in ${another.path}`;
  return (
    (await findLayoutTrouble(repository, worktree, move.branch)) ??
    (await findUnfinished(worktree)) ??
    (await findUncommitted(git, worktree)) ??
    (await findInTheWay(hub, worktree, move))
  );
}

async function findLayoutTrouble(
  repository: UserRepository,
  worktree: Worktree,
  branch: string,
): Promise<string | null> {
  if (!(await exists(worktree.path))) {
    return `the worktree ${worktree.path}, where ${branch} is checked out, is missing ("git worktree prune" forgets it)`;
  }
  const isMain = worktree.gitDir === repository.commonDir;
  if (isMain && path.join(worktree.path, '.git') !== repository.commonDir) {
    // Git takes the directory around the git directory for the checkout then, and would write there.
    return `the git directory of ${worktree.path} is ${repository.commonDir}, from where git cannot update the checkout`;
  }
  return null;
}

const unfinished: readonly (readonly [file: string, what: string])[] = [
  ['rebase-merge', 'a rebase is'],
  ['rebase-apply', 'a rebase or "git am" is'],
  ['MERGE_HEAD', 'a merge is'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick is'],
  ['REVERT_HEAD', 'a revert is'],
  ['BISECT_LOG', 'a bisect is'],
];

async function findUnfinished({ gitDir, path: directory }: Worktree): Promise<string | null> {
  for (const [file, what] of unfinished) {
    if (await exists(path.join(gitDir, file))) return `${what} in progress in ${directory}`;
  }
  for (const lock of ['index.lock', 'HEAD.lock'].map((name) => path.join(gitDir, name))) {
    if (await exists(lock)) return `another git command works in ${directory}, or left ${lock} behind`;
  }
  return null;
}

async function findUncommitted(git: Git, { path: cwd }: Worktree): Promise<string | null> {
  const args = [
    'status',
    '--porcelain',
    '-z',
    '--untracked-files=no',
    '--ignore-submodules=all',
    '--no-renames',
  ];
  const paths = splitAtNul((await git(args, { cwd })).stdout).map((record) =>
    pathFromBytes(record.subarray(3)),
  );
  return paths.length === 0 ? null : `${cwd} has uncommitted changes in ${listed(paths)}`;
}

/** Files of the user, untracked or ignored, where the new commit has files of its own: git overwrites ignored ones. */
async function findInTheWay(hub: Hub, worktree: Worktree, move: Move): Promise<string | null> {
  const changes = await hub.changes(move.expected, move.commit);
  const added = changes
    .filter(({ status }) => status === 'added' || status === 'renamed')
    .map((one) => one.path);
  if (added.length === 0) return null;
  const tracked = new Set(await hub.listFiles(move.expected));
  const inTheWay = new Set<string>();
  for (const file of added) {
    for (const one of await untrackedAt(worktree.path, file, tracked)) inTheWay.add(one);
  }
  return inTheWay.size === 0
    ? null
    : `${listed([...inTheWay])} in ${worktree.path} is in the way and is not tracked`;
}

/** The first thing on the way down to `file` that is no directory, or what lies in a directory of that name. */
async function untrackedAt(root: string, file: string, tracked: ReadonlySet<string>): Promise<string[]> {
  const parts = file.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const name = parts.slice(0, depth).join('/');
    const stats = await lstat(place(root, name)).catch(() => null);
    if (stats === null) return [];
    if (!stats.isDirectory()) return tracked.has(name) ? [] : [name];
  }
  const inside = await readdir(place(root, file), {
    recursive: true,
    withFileTypes: true,
    encoding: 'buffer',
  });
  const base = place(root, '').length;
  return inside
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      pathFromBytes(
        Buffer.concat([Buffer.from(entry.parentPath), Buffer.from('/'), entry.name]).subarray(base),
      ),
    )
    .filter((name) => !tracked.has(name));
}

function place(root: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), pathToBytes(name)]);
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
