import type { Observation, TakenUp } from '../domain/agent-facts.ts';
import type { Permissions } from '../domain/run.ts';

export type { Observation } from '../domain/agent-facts.ts';

/** What an agent is asked to do, in one workspace. */
export interface LaunchSpec {
  /** Text of the task; also lies in `promptFile`. */
  prompt: string;
  /** Absolute path. */
  promptFile: string;
  workspace: string;
  /** Absolute path of the session's private directory, where no agent works. */
  dir: string;
  /** The user's variables that reach it. */
  environment: Readonly<Record<string, string>>;
  /** From the run's options: program and arguments for `command`, script for `scripted`. */
  command: string[] | null;
  script: string | null;
  /** As the agent's CLI names it; null: its own default. */
  model: string | null;
  permissions: Permissions;
  /** To be gone on with; without: a new one. Where the agent does not know it any more, a new one begins or its turn fails with `conversation_gone`. */
  takesUp?: TakenUp | null;
}

export interface Launch {
  /** Program and arguments; no shell reads them. */
  argv: string[];
  /** Added to the session's environment. */
  env: Record<string, string>;
  /** Written below `LaunchSpec.dir` before it starts, private to the user: settings for this session alone. Absolute paths. */
  files?: readonly { path: string; text: string }[];
  /** Written to standard input, followed by end-of-file; null: open for what `begin`, `interpret` and `encode` want written. */
  input: string | null;
}

export interface Capabilities {
  /** Talked to over standard input while it lives; otherwise its input ends with the task. */
  dialog: boolean;
  /** Takes a message while it works: at once, at its next step, or after its turn; null where only between turns. */
  whileBusy: 'inject' | 'queue' | null;
  /** Where it can go on with a conversation of before: in any directory, in the one where it was held, or nowhere. */
  takesUp: 'anywhere' | 'in_place' | null;
}

/** What is told to a living agent. `id` comes back in the observation that it was received. */
export type Intent =
  | { kind: 'message'; id: string; text: string }
  | { kind: 'answer'; request: string; allow: boolean; reason: string }
  | { kind: 'interrupt'; id: string };

export interface Beginning<State> {
  state: State;
  /** What the protocol wants written first, whole lines. */
  replies: string[];
}

export interface Step<State> {
  state: State;
  observations: Observation[];
  /** What the protocol wants written back, whole lines. Equal output gives equal replies, so that a replay can tell which were sent. */
  replies: string[];
}

/**
 * An adapter for a coding CLI. Pure: it says what to start and what bytes mean; starting, writing and reading are the
 * runtime's. `interpret` is fed each piece of output once, in order, with the state it returned before (first the one of
 * `begin`); it never throws, whatever the bytes are. State is plain data that follows from the launch and the output alone: a daemon that
 * comes back reads the log from its beginning and knows as much as the one before.
 */
export interface Agent<State = unknown> {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Variables of the user's environment that it needs (keys, its account's directory); nothing else gets them. */
  readonly environment: readonly string[];
  /** What makes it keep its login and its settings in `dir` instead of its default place; null where it has no such place. */
  readonly accountEnvironment: ((dir: string) => Record<string, string>) | null;
  launch(spec: LaunchSpec): Launch;
  begin(spec: Pick<LaunchSpec, 'workspace' | 'model' | 'permissions' | 'takesUp'>): Beginning<State>;
  interpret(bytes: string, state: State): Step<State>;
  /** What to write on standard input for `intent`, whole lines; null where it cannot be told that now. */
  encode(intent: Intent, state: State): string | null;
}
