import type { WorkspaceRef } from '../domain/task.ts';
import type { Hub, Person } from './git.ts';

export interface CaptureSpec {
  workspace: WorkspaceRef;
  /** Name in `refs/ao/sessions/<name>` and `refs/ao/rescue/<name>`. */
  name: string;
  /** Author of what the agent left uncommitted. */
  author: Person;
  committer: Person;
  message: string;
  /** Paths of ours (`TASK.md`, `.ao`) that are never part of a change. */
  exclude: readonly string[];
}

/** What an agent left behind, as one commit in the hub. */
export interface Capture {
  commit: string;
  tree: string;
  /** True where uncommitted files had to be saved. */
  uncommitted: boolean;
}

/**
 * Where an agent works. Contract: `make` leaves nothing behind when it fails; `capture` runs no code of the agent (git's
 * own directory is the hub's, the index is ours) and includes tracked, untracked and committed work, also where the
 * agent switched branches or damaged its own repository; `remove` deletes only directories that we made.
 */
export interface Workspaces {
  readonly kind: WorkspaceRef['kind'];
  make(spec: { hub: Hub; path: string; branch: string; commit: string }): Promise<WorkspaceRef>;
  capture(hub: Hub, spec: CaptureSpec): Promise<Capture>;
  remove(hub: Hub, workspace: WorkspaceRef): Promise<void>;
  /**
   * Digest of what in the project's git directory can make git run or hide something and is within reach of agents in
   * these workspaces; null where nothing is. `difference`: one sentence on what changed between two, or null.
   */
  fingerprint(projectPath: string): Promise<string | null>;
  difference(before: string, after: string): string | null;
}
