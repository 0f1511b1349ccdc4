import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AoError } from '../../domain/errors.ts';
import { type Git, gitWith } from '../../lib/git.ts';
import { KeyedMutex } from '../../lib/keyed-mutex.ts';
import type { Hub } from '../../ports/git.ts';
import type { Capture, CaptureSpec } from '../../ports/workspace.ts';
import { buildTree, type CapturedTree, submodulesOf, type TreeSpec, wholeTree } from './captured-tree.ts';
import { openDirectory } from './open-directories.ts';
import { isDirectory, noteUnread } from './record.ts';

/** Longest wait for git in what an agent left: a pipe in the place of a file would hold it for ever. */
export const captureTimeoutMs = 5 * 60_000;

/** Where the agent's own commits may be read, by fetching and in no other way. */
export interface Source {
  repository: string;
  revision: string;
}

const inTurn = new KeyedMutex();

/**
 * What an agent left behind, as one commit in the hub, saved at its rescue ref. Git runs with the hub as its git
 * directory and with an index of ours: the agent's directory is only a place with files.
 */
export function captureWork(hub: Hub, spec: CaptureSpec, sources: readonly Source[]): Promise<Capture> {
  return inTurn.run(`${hub.gitDir} ${spec.name}`, () => captureInTurn(hub, spec, sources));
}

async function captureInTurn(hub: Hub, spec: CaptureSpec, sources: readonly Source[]): Promise<Capture> {
  const { start } = spec.workspace;
  const rescue = `refs/ao/rescue/${spec.name}`;
  const head = await findHead(hub, spec, sources);
  const files = await isDirectory(spec.workspace.path);
  if (files) await openDirectory(spec.workspace.path);
  const saved = files ? null : await hub.readRef(rescue);
  // The workspace has gone; what was saved of it before is at least as much as can be read now.
  if (saved !== null) return { commit: saved, tree: await hub.treeOf(saved), uncommitted: false };

  const captured = await withIndex(hub, spec, { base: head ?? start, files });
  const commit = await commitFor(hub, spec, { head, tree: captured.tree });
  if (files) await saveSubmodules(hub, spec);
  await hub.setRef(rescue, commit);
  await noteUnread(hub, spec.workspace.path, captured.unread);
  return { commit, tree: captured.tree, uncommitted: captured.tree !== captured.committedTree };
}

/** The agent's own last commit, or null where its repository gives none. */
async function findHead(hub: Hub, spec: CaptureSpec, sources: readonly Source[]): Promise<string | null> {
  const [first] = sources;
  if (first !== undefined && (await committedNothing(spec, first))) return spec.workspace.start;
  for (const { repository, revision } of sources) {
    try {
      return await hub.fetchFrom(repository, revision, `refs/ao/sessions/${spec.name}`);
    } catch (error) {
      if (!(error instanceof AoError)) throw error;
    }
  }
  return null;
}

/** As many agents do. A fetch, which is five processes, would bring what the hub has already. */
async function committedNothing({ workspace }: CaptureSpec, { repository }: Source): Promise<boolean> {
  const branch = `refs/heads/${workspace.branch}`;
  const line = (file: string) => readFile(path.join(repository, file), 'utf8').catch(() => null);
  return (await line('HEAD')) === `ref: ${branch}\n` && (await line(branch)) === `${workspace.start}\n`;
}

async function withIndex(
  hub: Hub,
  spec: CaptureSpec,
  from: { base: string; files: boolean },
): Promise<CapturedTree> {
  const tree: TreeSpec = {
    base: from.base,
    baseTree: await hub.treeOf(from.base),
    start: spec.workspace.start,
    startFiles: new Set(await hub.listFiles(spec.workspace.start)),
    exclude: spec.exclude,
    root: from.files ? spec.workspace.path : null,
  };
  return inIndexOfOurs(hub, tree.root, (git) => buildTree(git, tree));
}

/** What `use` does with a git that works on the files below `root`, with the hub as its git directory. */
async function inIndexOfOurs<T>(hub: Hub, root: string | null, use: (git: Git) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(hub.gitDir, 'ao', 'capture-'));
  const signal = AbortSignal.timeout(captureTimeoutMs);
  const git = gitWith((message, cause) => new AoError('failed', message, null, { cause }));
  const fixed = {
    gitDir: hub.gitDir,
    indexFile: path.join(directory, 'index'),
    signal,
    ...(root === null ? {} : { workTree: root }),
  };
  try {
    return await use((args, options) => git(args, { ...fixed, ...options }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * A submodule is one commit in the tree, of a repository that is not ours. What lies in one beside the rescue ref, as it is:
 * whoever fetched it may have worked on it.
 */
async function saveSubmodules(hub: Hub, spec: CaptureSpec): Promise<void> {
  const { path: root, start } = spec.workspace;
  if (!(await hub.listFiles(start)).includes('.gitmodules')) return;
  const names = await inIndexOfOurs(hub, null, (git) => submodulesOf(git, start));
  for (const [index, name] of names.entries()) {
    const place = path.join(root, name);
    if (!(await isDirectory(place)) || (await readdir(place)).length === 0) continue;
    const tree = await inIndexOfOurs(hub, place, (git) => wholeTree(git, place));
    const { author, committer } = spec;
    const commit = { tree, parents: [], message: `ao: files of the submodule ${name}\n`, author, committer };
    await hub.setRef(`refs/ao/rescue/${spec.name}.submodules/${index}`, await hub.commit(commit));
  }
}

/** The agent's own commit where that says it all; else one on top of it, or on the start if its history left that. */
async function commitFor(
  hub: Hub,
  spec: CaptureSpec,
  work: { head: string | null; tree: string },
): Promise<string> {
  const { start } = spec.workspace;
  const follows = work.head !== null && (await hub.isAncestor(start, work.head));
  const parent = follows && work.head !== null ? work.head : start;
  if (work.tree === (await hub.treeOf(parent))) return parent;
  const { author, committer, message } = spec;
  return hub.commit({ tree: work.tree, parents: [parent], message, author, committer });
}
