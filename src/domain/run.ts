import type { CheckSpec } from './check-result.ts';
import type { RunState } from './lifecycles/run.ts';
import { plainLine } from './plain-text.ts';

export type RuntimeName = 'process' | 'tmux';

/** ask: what an agent may do is decided by a person; yolo: it may do everything. */
export type Permissions = 'ask' | 'yolo';

/** What a run was asked to do, frozen when it starts. Durations in milliseconds. */
export interface RunOptions {
  checks: CheckSpec[];
  /** Shell text that prepares a checkout, or null: detected from lock files. */
  setup: string | null;
  agent: string;
  /** For `command`: the program and its arguments, `{prompt}` and `{promptFile}` unfilled. */
  agentCommand: string[] | null;
  /** For `scripted`: absolute path of the script. */
  agentScript: string | null;
  /** As the agent's CLI names it; null: its own default. A run that was frozen before there was a choice has none. */
  model?: string | null;
  permissions?: Permissions;
  /** Absolute path of the directory with the agent's login and settings; null: its default place. */
  accountDir?: string | null;
  concurrency: number;
  /** Checks that may run side by side. */
  checkConcurrency: number;
  maxAttempts: number;
  maxRounds: number;
  group: 'finding' | 'file' | 'check' | 'auto';
  /** Glob of paths a change may touch, or null: everything. */
  scope: string | null;
  workspace: 'clone' | 'worktree';
  /** What holds the agents; a run that was frozen before there was a choice has none: `process`. */
  runtime?: RuntimeName;
  /** `auto`, which a run without it has: agents in pid namespaces of their own where the machine can make them. */
  isolation?: 'auto' | 'none';
  allowTestEdits: boolean;
  /** Negative control of the tests and the demo only: without it no policy rule is applied. */
  policy: boolean;
  attemptTimeoutMs: number;
  /** Silence of an agent that is worth a person's look; it is never ended for it. */
  stuckAfterMs?: number;
}

export function runtimeOf({ runtime = 'process' }: RunOptions): RuntimeName {
  return runtime;
}

/** What the login of a run's agents is called: its directory's name. */
export function accountOf({ accountDir }: RunOptions): string {
  if (accountDir === undefined || accountDir === null) return 'default';
  const name = accountDir.split('/').findLast((part) => part !== '') ?? '';
  return plainLine(name, 60) || '/';
}

/** A run that was frozen before there was a choice has ten minutes. */
export function stuckAfterOf(options?: RunOptions): number {
  return options?.stuckAfterMs ?? 10 * 60_000;
}

export type RunOutcome = 'green' | 'remaining' | 'stopped' | 'failed';

/** One `ao fix`. */
export interface Run {
  id: string;
  state: RunState;
  outcome: RunOutcome | null;
  /** Why it ended as it did, in a sentence; null while it runs and when it is green. */
  reason: string | null;
  /** Project id: a slug of the folder's name and a hash of its real path. */
  project: string;
  /** Real path of the user's repository. */
  path: string;
  branch: string;
  /** Head of the target when the run started. */
  before: string;
  /** Tip of what the run has proved: `before`, then each landing, or a commit that somebody else put there. */
  head: string;
  /** Where the user's branch stood when it was last seen. Behind `head` only while `held` is set. */
  target: string;
  /** Set when somebody else moved the target: the head that the run had, and theirs, until theirs is checked. */
  adopted: { from: string; to: string } | null;
  /** Task whose landing made `head`; null before the first landing. */
  lastLanded: string | null;
  /** Fingerprint of what agents share with the user's repository, taken at the start; null where they share nothing. */
  shared: string | null;
  /** Why the user's checkout refuses what was landed; it waits at `refs/ao/landed/<run>`. */
  held: string | null;
  options: RunOptions;
  /** Clean environment for agents and checks, built from what the client sent. */
  env: Record<string, string>;
  /** What its agent alone is given of the user's environment: keys, its account's directory. */
  agentEnv?: Record<string, string>;
  /** Hash of path, branch and options: the same request joins the run instead of starting another. */
  fingerprint: string;
  /** Planning passes done so far; `options.maxRounds` bounds it. */
  round: number;
  /** Findings of the first pass. */
  baseline: { tree: string; findings: string[] } | null;
  /** Ids of findings that came and went on one tree; they hold up nothing. */
  flaky: string[];
  createdAt: number;
  endedAt: number | null;
}
