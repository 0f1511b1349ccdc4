import type { Usage } from '../domain/agent-facts.ts';
import type { Event } from '../domain/events.ts';
import type { MessageState } from '../domain/lifecycles/message.ts';
import type { Report } from '../domain/report.ts';
import type { RunOptions } from '../domain/run.ts';
import type { Status } from '../domain/session-status.ts';
import type { Resources } from '../ports/runtime.ts';

/** A request whose configuration was read and checked; the engine freezes it. */
export interface FixRequest {
  /** Real path of the repository's top directory. */
  path: string;
  /** Branch to bring to green; null: the one that is checked out (an error on a detached head). */
  branch: string | null;
  /** `checks` empty: detect them. */
  options: RunOptions;
  /** Clean environment for agents and checks. */
  env: Record<string, string>;
  /** What the agent alone is given beside it: keys, its account's directory. */
  agentEnv?: Record<string, string>;
  /** Go on with the last run of this repository instead of starting one; its own options hold. */
  resume: boolean;
}

/** What `--dry-run` shows. */
export interface Preview {
  branch: string;
  before: string;
  checks: { name: string; command: string; outcome: string; durationMs: number }[];
  findings: {
    id: string;
    check: string;
    file: string | null;
    line: number | null;
    title: string;
    flaky: boolean;
  }[];
  tasks: { title: string; findings: string[] }[];
}

/** One row of the live table and of `ao status`. */
export interface TaskView {
  id: string;
  run: string;
  title: string;
  /** Board state. */
  state: string;
  /** What it is doing, in a word: waiting, starting, working, asking, stuck, checking, queued, landing, landed, fixed, needs_you, cancelled. */
  phase: string;
  reason: string | null;
  attempt: number;
  attemptsAllowed: number;
  session: string | null;
  agent: string | null;
  /** Of the current or last attempt, ISO 8601. */
  startedAt: string | null;
  endedAt: string | null;
  /** Last line that the agent printed, cleaned; null when none was seen. */
  lastLine: string | null;
}

export interface QueueView {
  /** Tasks in the order of the queue. */
  entries: { task: string; title: string; state: string }[];
  /** What is being tested or landed right now, in words; null when idle. */
  activity: string | null;
}

export interface RunView {
  id: string;
  path: string;
  branch: string;
  state: string;
  outcome: string | null;
  reason: string | null;
  /** What the run is doing, in words: `checking main`, `fixing 4 tasks`, … */
  activity: string;
  round: number;
  maxRounds: number;
  findings: number;
  flaky: number;
  createdAt: string;
  endedAt: string | null;
  tasks: TaskView[];
  queue: QueueView;
}

export interface SessionView {
  id: string;
  run: string;
  task: string;
  title: string;
  agent: string;
  /** Name of the login that it works under. */
  account: string;
  /** The agent's own name for its conversation; null where it has none, or has not said it yet. */
  conversation: string | null;
  /** It goes on with a conversation of an attempt before. */
  takenUp: boolean;
  state: string;
  outcome: string | null;
  workspace: string;
  branch: string;
  log: string;
  pid: number | null;
  /** Of an agent that runs in one: the tmux server's socket and the session there. */
  terminal: { socket: string; session: string } | null;
  /** It has not ended, and `send` has somebody to tell. */
  takesMessages: boolean;
  startedAt: string;
  endedAt: string | null;
  lastLine: string | null;
  /** Tokens and money so far; null where its agent told nothing. */
  usage: Usage | null;
  /** What its agent is doing, the fact that this rests on, its source and age. */
  status: Status;
  /** What it waits to be allowed, the oldest first. */
  asks: { request: string; title: string }[];
}

/** What is to be shown of a session's log. */
export interface LogRequest {
  /** Where to go on: a place in that log, in bytes. With `last`: so many lines from its end. */
  after: number;
  last: number | null;
  /** All that the agent printed; otherwise what of it is readable. */
  raw: boolean;
  /** Go on until the session has ended. */
  follow: boolean;
}

/** Bytes keep their places, whatever is taken out of them: who has read n of them goes on after `after + n`. */
export interface LogSpan {
  after: number;
  bytes: AsyncIterable<Uint8Array>;
}

/** Something that was said to a session's agent. */
export interface MessageView {
  id: string;
  session: string;
  state: MessageState;
  /** Why it was not delivered. */
  problem: string | null;
}

export interface AccountEntryView {
  /** Absolute path. */
  file: string;
  session: string;
  /** What the entry is about. */
  workspace: string;
  /** Its session goes on and needs it. */
  isNeeded: boolean;
}

export interface CleanRequest {
  /** Only what ended longer ago than this. */
  olderThanMs: number;
  dryRun: boolean;
}

export interface CleanResult {
  removed: { kind: 'workspace' | 'log' | 'rescue' | 'result'; name: string; bytes: number }[];
  /** What was left because it holds unsaved work or is in use, and why. */
  kept: { kind: string; name: string; reason: string }[];
}

/** The façade that the API may call. Ids may be given as unique prefixes; unknown ones reject with `notFound`. */
export interface Engine {
  /** `conflict` when another run with other options works on the same repository. */
  fix(request: FixRequest): Promise<{ run: string; joined: boolean }>;
  preview(request: FixRequest): Promise<Preview>;
  /** Ends the run's agents gracefully, saves their work; resolves when the run has ended. */
  stop(run: string): Promise<void>;
  report(run: string): Promise<Report>;
  runs(): Promise<RunView[]>;
  run(id: string): Promise<RunView>;
  sessions(): Promise<SessionView[]>;
  /** Raises the attempts that the task may use and makes it ready again. */
  retry(task: string): Promise<TaskView>;
  cancel(task: string): Promise<TaskView>;
  /** The last change goes on in spite of policy; checks still decide. */
  accept(task: string): Promise<TaskView>;
  /** Unified diff of what a task or session has done so far, living workspaces included. */
  diff(id: string): Promise<string>;
  /** What the processes of each running session use now; one of which nothing can be told is left out. */
  resources(): Promise<Record<string, Resources>>;
  /** A session, or the last one of a task. */
  session(id: string): Promise<SessionView>;
  /** What a session's agent printed, without secrets; `notFound` where it was never started or its log is gone. Ends on abort. */
  log(session: string, request: LogRequest, signal: AbortSignal): Promise<LogSpan>;
  /** Puts text into the outbox of a session's agent; with `interrupt` it ends its turn first. */
  send(session: string, text: string, interrupt: boolean): Promise<MessageView>;
  /** Answers the question that a session's agent waits with; null: the only one that is open. */
  permit(
    session: string,
    answer: { request: string | null; allow: boolean; reason: string },
  ): Promise<MessageView>;
  message(id: string): Promise<MessageView>;
  clean(request: CleanRequest): Promise<CleanResult>;
  /** Entries that stand in files of people's accounts for the sake of a session; with `remove` those of ended ones go first. */
  accountEntries(remove: boolean): Promise<AccountEntryView[]>;
  /** Sessions that are running now. */
  live(): Promise<SessionView[]>;
  /** Rows of the log after `seq`, ascending, at most `limit`; of one run, or of all with null. */
  events(after: number, run: string | null, limit: number): Promise<Event[]>;
  /** Number of the newest row of the log, 0 when there is none. */
  lastSeq(): Promise<number>;
  /** Resolves when an event after `seq` exists, or on abort. */
  changed(seq: number, signal: AbortSignal): Promise<void>;
  /** Lets go of everything; agents go on, unless `stopAgents`. */
  shutdown(options: { stopAgents: boolean }): Promise<void>;
}
