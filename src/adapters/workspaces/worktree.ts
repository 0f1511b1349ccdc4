import { appendFile, mkdir, readdir, readFile, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { AoError } from '../../domain/errors.ts';
import type { WorkspaceRef } from '../../domain/task.ts';
import { type Git, gitWith, receivePack } from '../../lib/git.ts';
import { KeyedMutex } from '../../lib/keyed-mutex.ts';
import { removeDirectory } from '../../lib/remove-directory.ts';
import type { Hub } from '../../ports/git.ts';
import type { CaptureSpec, Workspaces } from '../../ports/workspace.ts';
import { captureWork, type Source } from './capture.ts';
import { describeDifference, excludeLine, fingerprint } from './fingerprint.ts';
import {
  forgetWorkspace,
  isDirectory,
  prepareToMake,
  readRecord,
  recordWorkspace,
  removeRecorded,
  type WorkspaceRecord,
} from './record.ts';

const git: Git = gitWith((message, cause) => new AoError('failed', message, null, { cause }));

/** Git fails when a worktree is being made and another is made, or something is pushed, at the same moment. */
const inTurn = new KeyedMutex();

/**
 * A worktree of the user's repository at `<project>/.worktrees/<name>`. It shares the user's git directory: whoever
 * uses it compares `fingerprint` before anything of an agent's is let into the user's checkout.
 */
export const worktreeWorkspaces: Workspaces = {
  kind: 'worktree',
  fingerprint,
  difference: describeDifference,

  async make({ hub, path: directory, branch, commit }) {
    const project = projectOf(directory);
    const commonDir = await commonDirOf(project);
    const record = await prepareToMake(hub, { kind: 'worktree', path: directory, branch });
    const workspace: WorkspaceRef = { kind: 'worktree', path: directory, branch, start: commit };
    let branchTip: string | null = null;
    try {
      const gitDir = await inTurn.run(commonDir, async () => {
        await bring(hub, project, workspace);
        await assertFree(project, branch);
        branchTip = commit; // from here on the branch is ours
        return register(project, commonDir, workspace);
      });
      await recordWorkspace(hub, { ...record, gitDir });
      await checkOut(hub, gitDir, workspace);
    } catch (error) {
      await removeDirectory(directory);
      await inTurn.run(commonDir, () => unregister(commonDir, workspace, { gitDir: null, branchTip }));
      await forgetWorkspace(hub, directory);
      throw error;
    }
    return workspace;
  },

  async capture(hub, spec) {
    return captureWork(hub, spec, await sourcesOf(hub, spec));
  },

  async remove(hub, workspace) {
    const record = await removeRecorded(hub, workspace.path);
    if (record === null) return;
    const commonDir = await commonDirOf(projectOf(workspace.path));
    const branchTip = await safeTip(hub, commonDir, workspace.branch);
    await inTurn.run(commonDir, () => unregister(commonDir, workspace, { gitDir: record.gitDir, branchTip }));
    await forgetWorkspace(hub, workspace.path);
  },
};

function projectOf(directory: string): string {
  const holder = path.dirname(directory);
  if (path.basename(holder) !== '.worktrees')
    throw new Error(`${directory} is not in a .worktrees directory`);
  return path.dirname(holder);
}

async function commonDirOf(project: string): Promise<string> {
  const args = ['rev-parse', '--path-format=absolute', '--is-bare-repository', '--git-common-dir'];
  const [bare, commonDir = ''] = (await git(args, { cwd: project })).stdout.toString().trimEnd().split('\n');
  if (bare === 'true')
    throw new AoError('usage', `${project} is a bare repository.`, 'Use --workspace clone.');
  return realpath(commonDir);
}

/** The commit must be in the user's repository, and stay there while the worktree does. */
async function bring(hub: Hub, project: string, { path: directory, start }: WorkspaceRef): Promise<void> {
  const options = ['--quiet', '--no-verify', '--no-recurse-submodules', `--receive-pack=${receivePack}`];
  await git(['push', ...options, '--', project, `+${start}:${startRef(directory)}`], { gitDir: hub.gitDir });
}

function startRef(directory: string): string {
  return `refs/ao/start/${path.basename(directory)}`;
}

async function assertFree(project: string, branch: string): Promise<void> {
  const parts = branch.split('/');
  const above = parts.slice(1).map((_, index) => `refs/heads/${parts.slice(0, index + 1).join('/')}`);
  const args = ['for-each-ref', '--format=%(refname)', `refs/heads/${branch}`, ...above];
  const found = (await git(args, { cwd: project })).stdout.toString().trimEnd().split('\n');
  const hint = 'Rename it, remove it if it is not needed, or use --workspace clone.';
  const parent = above.find((ref) => found.includes(ref))?.slice('refs/heads/'.length);
  if (parent !== undefined) {
    throw new AoError('conflict', `The branch ${parent} in ${project} is in the way of ${branch}.`, hint);
  }
  const below = found.some(
    (ref) => ref === `refs/heads/${branch}` || ref.startsWith(`refs/heads/${branch}/`),
  );
  if (below) throw new AoError('conflict', `There is a branch ${branch} in ${project} already.`, hint);
}

/** Git's own directory for the new worktree. No file is checked out here, so that it takes milliseconds. */
async function register(project: string, commonDir: string, workspace: WorkspaceRef): Promise<string> {
  const { path: directory, branch, start } = workspace;
  await excludeWorktrees(commonDir);
  const args = ['worktree', 'add', '--quiet', '--no-track', '--no-checkout', '-b', branch, directory, start];
  await git(args, { cwd: project });
  const link = await readFile(path.join(directory, '.git'), 'utf8');
  return realpath(link.replace(/^gitdir: /, '').trim());
}

/** Adds our line once; the user's own lines stay as they are. */
async function excludeWorktrees(commonDir: string): Promise<void> {
  const file = path.join(commonDir, 'info', 'exclude');
  await mkdir(path.dirname(file), { recursive: true });
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.split('\n').includes(excludeLine)) return;
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${excludeLine}\n`);
}

/** With the hub as its git directory, so that no filter of the user's or of another agent's runs. */
async function checkOut(hub: Hub, gitDir: string, { path: directory, start }: WorkspaceRef): Promise<void> {
  await git(['read-tree', '--reset', '-u', start], {
    gitDir: hub.gitDir,
    workTree: directory,
    indexFile: path.join(gitDir, 'index'),
  });
}

/** The worktree's own head, else the branch as the user's repository has it. */
async function sourcesOf(hub: Hub, { workspace }: CaptureSpec): Promise<Source[]> {
  const commonDir = await commonDirOf(projectOf(workspace.path)).catch(() => null);
  if (commonDir === null) return [];
  const record = await readRecord(hub, workspace.path);
  const gitDir = record?.gitDir ?? (await findGitDir(commonDir, workspace.path));
  const branch = { repository: commonDir, revision: `refs/heads/${workspace.branch}` };
  if (gitDir === null || !(await belongsTo(commonDir, gitDir))) return [branch];
  return [{ repository: gitDir, revision: 'HEAD' }, branch];
}

/** An agent can make the link from the worktree's git directory to the shared one lead somewhere else. */
async function belongsTo(commonDir: string, gitDir: string): Promise<boolean> {
  if (!(await isDirectory(gitDir))) return false;
  const link = await readFile(path.join(gitDir, 'commondir'), 'utf8').catch(() => '');
  return path.resolve(gitDir, link.trim()) === commonDir;
}

async function findGitDir(commonDir: string, directory: string): Promise<string | null> {
  for (const name of await readdir(path.join(commonDir, 'worktrees')).catch(() => [])) {
    const gitDir = path.join(commonDir, 'worktrees', name);
    const link = await readFile(path.join(gitDir, 'gitdir'), 'utf8').catch(() => '');
    if (path.dirname(path.resolve(gitDir, link.trim())) === directory) return gitDir;
  }
  return null;
}

/** Undoes `register` and `bring`: nothing but what belongs to this worktree. Without `branchTip` the branch stays. */
async function unregister(
  commonDir: string,
  workspace: WorkspaceRef,
  known: { gitDir: WorkspaceRecord['gitDir']; branchTip: string | null },
): Promise<void> {
  const gitDir = known.gitDir ?? (await findGitDir(commonDir, workspace.path));
  if (gitDir !== null && path.dirname(gitDir) === path.join(commonDir, 'worktrees'))
    await removeDirectory(gitDir);
  const options = { gitDir: commonDir };
  if (known.branchTip !== null && (await tipOf(commonDir, workspace.branch)) === known.branchTip) {
    await git(['update-ref', '--no-deref', '-d', `refs/heads/${workspace.branch}`, known.branchTip], options);
  }
  await git(['update-ref', '--no-deref', '-d', startRef(workspace.path)], options);
  for (const place of [path.dirname(workspace.path), path.join(commonDir, 'worktrees')]) {
    await rmdir(place).catch(() => {}); // others are still in it
  }
}

/** Tip of the branch if the hub has it for good and nobody has the branch checked out. */
async function safeTip(hub: Hub, commonDir: string, branch: string): Promise<string | null> {
  const tip = await tipOf(commonDir, branch);
  if (tip === null || (await isCheckedOut(commonDir, branch))) return null;
  const args = ['for-each-ref', '--count=1', `--contains=${tip}`, '--format=%(refname)', 'refs/ao/'];
  const holding = await git(args, { gitDir: hub.gitDir, allowExit: [128, 129] });
  return holding.exitCode === 0 && holding.stdout.length > 0 ? tip : null;
}

async function tipOf(commonDir: string, branch: string): Promise<string | null> {
  const args = ['rev-parse', '--quiet', '--verify', '--end-of-options', `refs/heads/${branch}`];
  const result = await git(args, { gitDir: commonDir, allowExit: [1] });
  return result.exitCode === 0 ? result.stdout.toString().trim() : null;
}

/** In the user's own checkout, or in a worktree whose directory is still there. */
async function isCheckedOut(commonDir: string, branch: string): Promise<boolean> {
  const linked = await readdir(path.join(commonDir, 'worktrees')).catch(() => []);
  for (const gitDir of [commonDir, ...linked.map((name) => path.join(commonDir, 'worktrees', name))]) {
    const head = await readFile(path.join(gitDir, 'HEAD'), 'utf8').catch(() => '');
    if (head.trim() !== `ref: refs/heads/${branch}`) continue;
    const link = await readFile(path.join(gitDir, 'gitdir'), 'utf8').catch(() => '');
    if (gitDir === commonDir || (await isDirectory(path.dirname(path.resolve(gitDir, link.trim())))))
      return true;
  }
  return false;
}
