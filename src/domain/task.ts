import type { AgentFailure, TakenUp, Usage } from './agent-facts.ts';
import type { Problem, Verdict } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { SessionState } from './lifecycles/session.ts';
import type { LandingState } from './lifecycles/landing.ts';
import type { TaskState } from './lifecycles/task.ts';

/** A unit of work on the board. */
export interface Task {
  /** 16 hex digits. */
  id: string;
  run: string;
  project: string;
  state: TaskState;
  /** Why it is where it is: `needs_you`, `fixed by …`, `cancelled by you`; null when there is nothing to say. */
  reason: string | null;
  title: string;
  findings: Finding[];
  /** Number of the last attempt: the fencing token. Only grows. */
  attempt: number;
  /** Attempts it may use in all. A person raises it; and it grows by one with an attempt that is given back (`record-verdict.ts`). */
  attemptsAllowed: number;
  /** The work kept from earlier attempts, as a commit in the hub. */
  kept: string | null;
  /** Paths of the kept work that policy refused; the next attempt starts without them. */
  discard: string[];
  /** Why the last attempt was not accepted; goes into the next prompt. */
  problems: Problem[];
  /** Commit that a person accepted in spite of policy; no other change profits from it. */
  accepted: string | null;
  landed: { commit: string } | null;
  /** Task whose landing made this one unnecessary. */
  fixedBy: string | null;
  /** Order on the board, smaller first. */
  rank: number;
  createdAt: number;
  updatedAt: number;
}

export type AttemptOutcome = 'passed' | 'failed' | 'not_verifiable' | 'timed_out' | 'killed' | 'superseded';

/** One try at a task. */
export interface Attempt {
  /** `<task>.<number>` */
  id: string;
  run: string;
  task: string;
  number: number;
  session: string;
  agent: string;
  account: string;
  /** Target commit that the attempt is judged against. */
  base: string;
  /** Commit that its workspace started from: `base`, or kept work merged onto it. */
  start: string;
  startedAt: number;
  endedAt: number | null;
  outcome: AttemptOutcome | null;
  reason: string | null;
  /** The commits it offers, as one exact commit in the hub. */
  change: { commit: string; tree: string } | null;
  verdict: Verdict | null;
  /** The agent said that it was done. Noted, decides nothing. */
  claim: string | null;
}

export type SessionOutcome = 'completed' | 'exited' | 'failed' | 'killed';

/** One agent at work in one workspace, under one account, in one runtime. */
export interface Session {
  /** `[a-z0-9-]{1,40}`; its branch is `ao/<id>`. */
  id: string;
  run: string;
  task: string;
  attempt: number;
  agent: string;
  account: string;
  state: SessionState;
  outcome: SessionOutcome | null;
  exitCode: number | null;
  reason: string | null;
  /** Why its last turn failed, by the agent's own account; null where it did not. */
  failure?: AgentFailure | null;
  /** The agent's own name for its conversation, under which it can be taken up again. */
  conversation?: string | null;
  /** Set where it was to go on with a conversation of before; written down before its agent starts. */
  takesUp?: TakenUp | null;
  usage?: Usage | null;
  workspace: WorkspaceRef;
  /** Tree of the workspace after its setup, where that changed the project's files. */
  prepared?: string;
  /** Directory of its logs and runtime files. */
  dir: string;
  /** What the runtime needs to find the agent again after a restart of the daemon; null until it was started. */
  handle: RuntimeHandle | null;
  /** When its agent was started; before that, when it was claimed. */
  startedAt: number;
  /** The same by the clock that never jumps: the time limit counts from here. A row of before there was this has none. */
  startedMonotonic?: number;
  endedAt: number | null;
}

export interface WorkspaceRef {
  kind: 'clone' | 'worktree';
  path: string;
  branch: string;
  /** Commit it started from. */
  start: string;
}

/** Plain data, stored with the session. */
export interface RuntimeHandle {
  runtime: string;
  pid: number;
  /** Kernel start time of `pid`, so that a reused pid is not taken for the agent. */
  startTime: string;
  dir: string;
  /** Where the agent works; handles that were written down before it was noted have none. */
  cwd?: string;
  /** Value of `AO_MARK` in the environment of every process of the session. */
  mark: string;
  /** Set where its input is open, so that the runtime can write to it. */
  takesInput?: true;
  /** Where the agent's terminal is, in a runtime that gives it one. */
  terminal?: Terminal;
}

/** A session of a tmux server. */
export interface Terminal {
  /** Path of the server's socket. */
  socket: string;
  session: string;
}

/** A change's way through the merge queue. */
export interface Landing {
  /** `<attempt>.<time>`: a person may send one change through the queue again. */
  id: string;
  run: string;
  task: string;
  attempt: number;
  state: LandingState;
  /** Commit and tree that passed the gate. */
  change: { commit: string; tree: string };
  queuedAt: number;
  /** Set with the intent: the head it was tested on, the commit that lands and this task's commit inside it. */
  intent: { base: string; commit: string; squash: string } | null;
  problems: Problem[];
}
