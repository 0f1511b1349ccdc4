import type { Observation } from '../domain/agent-facts.ts';
import type { Launch, LaunchSpec } from './launch.ts';
import type { TerminalAgent } from './terminal-agent.ts';

export type { Observation } from '../domain/agent-facts.ts';
export type { Launch, LaunchSpec } from './launch.ts';

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
  /** The same agent with its own user interface, in a terminal; left out where ao cannot drive that. */
  readonly terminal?: TerminalAgent;
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
