import type { FileChange } from '../domain/change.ts';

export interface Person {
  name: string;
  email: string;
}

export interface MergeResult {
  /** Tree of the merge; holds conflict markers where `conflicts` is not empty. */
  tree: string;
  conflicts: string[];
}

export interface CommitSpec {
  tree: string;
  parents: string[];
  message: string;
  author: Person;
  committer: Person;
}

/**
 * Our own bare repository of one project: the only place where the daemon runs git on an agent's commits. Hooks,
 * filters, external diff and textconv are off. Objects are never pruned here, because clones borrow them.
 *
 * Commits and trees are full hexadecimal ids. Everything rejects with an AoError that names the git command's message.
 */
export interface Hub {
  readonly gitDir: string;
  /** Brings `branch` of the user's repository here; its commit, or null where the branch does not exist. */
  fetchTarget(branch: string): Promise<string | null>;
  /** Brings a commit (or HEAD) of a repository on this machine here, also from a shallow one, and keeps it at `ref`. */
  fetchFrom(path: string, revision: string, ref: string): Promise<string>;
  treeOf(commit: string): Promise<string>;
  isAncestor(ancestor: string, commit: string): Promise<boolean>;
  /** Three-way merge without a work tree. The merge base is the commits' own. */
  merge(ours: string, theirs: string): Promise<MergeResult>;
  commit(spec: CommitSpec): Promise<string>;
  /** `tree` with `paths` as they are in `from` (removed where `from` has none). */
  restorePaths(tree: string, from: string, paths: readonly string[]): Promise<string>;
  changes(from: string, to: string): Promise<FileChange[]>;
  /** Unified diff, cut at `maxBytes`. */
  diff(from: string, to: string, maxBytes: number): Promise<string>;
  /** Text of a file in a commit or tree, or null where there is none. Binary files are null too. */
  readFile(revision: string, path: string): Promise<string | null>;
  /** Paths of all files of a commit or tree. */
  listFiles(revision: string): Promise<string[]>;
  /** Subject lines and bodies of `from..to`, oldest first. */
  messages(from: string, to: string): Promise<string[]>;
  setRef(ref: string, commit: string): Promise<void>;
  readRef(ref: string): Promise<string | null>;
  deleteRef(ref: string): Promise<void>;
  listRefs(prefix: string): Promise<{ ref: string; commit: string; at: number }[]>;
  /**
   * Files of a commit or tree in a new directory that is a repository of its own, detached, borrowing our objects:
   * for checks. Nothing of it is trusted afterwards. Removed by `removeDirectory`.
   */
  checkout(revision: string, directory: string): Promise<void>;
}

export type Advance =
  | { kind: 'moved' }
  /** Somebody else moved the branch; it is at `actual` now. */
  | { kind: 'raced'; actual: string | null }
  /** The user's checkout of the branch is not clean; nothing was changed. */
  | { kind: 'refused'; detail: string };

/** What is worth knowing about the user's repository before a run. */
export interface TargetFacts {
  /** Real path of the work tree (or of the bare repository). */
  path: string;
  /** Branch that is checked out there, null when detached. */
  branch: string | null;
  /** The user's git identity, for commits in their name; null where none is configured. */
  person: Person | null;
}

/**
 * The user's repository. Read, and moved only by compare-and-swap: no other branch, no file of the user, no setting is
 * ever touched; a clean checkout of the branch follows, a dirty one refuses.
 */
export interface Target {
  /** As they were when they were first asked for here. */
  facts(): Promise<TargetFacts>;
  head(branch: string): Promise<string | null>;
  /** Moves `branch` from `expected` to `commit`, a descendant of it, out of the hub. */
  advance(branch: string, expected: string, commit: string): Promise<Advance>;
  /** Writes a ref below `refs/ao/` there, so that the commit stays reachable for the user. */
  keep(ref: string, commit: string): Promise<void>;
}
