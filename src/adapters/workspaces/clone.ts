import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AoError } from '../../domain/errors.ts';
import type { WorkspaceRef } from '../../domain/task.ts';
import { makeBorrowingRepository } from '../../lib/borrowing-repository.ts';
import { gitWith, uploadPack } from '../../lib/git.ts';
import type { Hub } from '../../ports/git.ts';
import type { CaptureSpec, Workspaces } from '../../ports/workspace.ts';
import { captureWork, captureTimeoutMs, type Source } from './capture.ts';
import { openDirectory } from './open-directories.ts';
import { forgetWorkspace, isDirectory, isThere, prepareToMake, removeRecorded } from './record.ts';

/** Kept out of what an agent adds by itself; a capture leaves them out anyway. */
const ours = ['/TASK.md', '/.ao/'];

/**
 * A repository of its own that borrows the hub's objects. It shares nothing with the user's repository and has no
 * remote, so that nothing can be pushed anywhere by accident.
 */
export const cloneWorkspaces: Workspaces = {
  kind: 'clone',
  fingerprint: async () => null, // a clone shares nothing that git would run
  difference: () => null,

  async make({ hub, path: directory, branch, commit }) {
    await prepareToMake(hub, { kind: 'clone', path: directory, branch });
    const ref = `refs/heads/${branch}`;
    try {
      await makeBorrowingRepository({
        directory,
        from: hub.gitDir,
        tree: commit,
        head: `ref: ${ref}`,
        refs: { [ref]: commit },
        exclude: ours,
      });
    } catch (error) {
      if (!(await isThere(directory))) await forgetWorkspace(hub, directory);
      const why = error instanceof Error ? error.message : String(error);
      throw new AoError('failed', `The workspace ${directory} could not be made: ${why}`, null, {
        cause: error,
      });
    }
    return { kind: 'clone', path: directory, branch, start: commit } satisfies WorkspaceRef;
  },

  async capture(hub, spec) {
    const repository = path.join(spec.workspace.path, '.git');
    const readable = await isReadable(spec.workspace.path, repository);
    const revisions = ['HEAD', `refs/heads/${spec.workspace.branch}`];
    const sources: Source[] = readable ? revisions.map((revision) => ({ repository, revision })) : [];
    if (readable) await saveOtherRefs(hub, spec, repository);
    return captureWork(hub, spec, sources);
  },

  async remove(hub, workspace) {
    await removeRecorded(hub, workspace.path);
    await forgetWorkspace(hub, workspace.path);
  },
};

/**
 * A link, or a file, leads to a repository that is not this workspace's; a pipe in the place of a file holds up whoever
 * opens it.
 */
async function isReadable(workspace: string, repository: string): Promise<boolean> {
  for (const directory of [workspace, repository]) {
    if (!(await isDirectory(directory)) || !(await openDirectory(directory))) return false;
  }
  const list = (name: string, recursive = false) =>
    readdir(path.join(repository, name), { recursive, withFileTypes: true }).catch(() => []);
  const entries = await Promise.all([list('.'), list('refs', true), list('objects/info')]);
  return entries.flat().every((entry) => entry.isFile() || entry.isDirectory());
}

/**
 * Commits that the head does not lead to (other branches, stashes, the branch under a detached head) are saved
 * beside the rescue ref. Without such refs this costs a look at a few files.
 */
async function saveOtherRefs(hub: Hub, spec: CaptureSpec, repository: string): Promise<void> {
  if (!(await hasOtherRefs(repository, spec.workspace.branch))) return;
  const saved = `refs/ao/rescue/${spec.name}.others`;
  const git = gitWith((message, cause) => new AoError('failed', message, null, { cause }));
  const args = ['-c', 'fetch.fsckObjects=true', 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head'];
  const options = ['--no-recurse-submodules', `--upload-pack=${anyCommit}`, '--', repository];
  const older = (await olderStashes(repository)).map(
    (stash, index) => `+${stash}:${saved}/stash-${index + 1}`,
  );
  for (const refspecs of [[`+refs/heads/*:${saved}/heads/*`], [`+refs/stash:${saved}/stash`], older]) {
    if (refspecs.length === 0) continue;
    const signal = AbortSignal.timeout(captureTimeoutMs);
    // What is not there or damaged cannot be saved; the head and the files are saved by themselves.
    await git([...args, ...options, ...refspecs], { gitDir: hub.gitDir, signal, allowExit: [1, 128] });
  }
}

/** Only the newest stash is a ref; the others are asked for by their names. */
const anyCommit = uploadPack.replace(/upload-pack$/, '-c uploadpack.allowAnySHA1InWant=true upload-pack');
/** More stashes than anybody makes. */
const mostStashes = 100;

async function olderStashes(repository: string): Promise<string[]> {
  const log = path.join(repository, 'logs', 'refs', 'stash');
  if (!(await lstat(log).catch(() => null))?.isFile()) return []; // a pipe would hold us up
  const lines = (await readFile(log, 'latin1')).split('\n').slice(0, -1).toReversed();
  const commits = lines.map((line) => line.split(' ')[1] ?? '');
  return commits.slice(1, mostStashes).filter((commit) => /^[0-9a-f]{40,64}$/.test(commit));
}

async function hasOtherRefs(repository: string, branch: string): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const head = await readFile(path.join(repository, 'HEAD'), 'utf8').catch(() => '');
  if (head.trim() !== `ref: ${ref}`) return true;
  const entries = await readdir(path.join(repository, 'refs'), {
    recursive: true,
    withFileTypes: true,
  }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory());
  const names = files.map((entry) => path.relative(repository, path.join(entry.parentPath, entry.name)));
  return names.some((name) => name !== ref) || (await readdir(repository)).includes('packed-refs');
}
