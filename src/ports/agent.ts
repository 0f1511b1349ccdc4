/** What an agent is asked to do, in one workspace. */
export interface LaunchSpec {
  /** Text of the task; also lies in `promptFile`. */
  prompt: string;
  /** Absolute path. */
  promptFile: string;
  workspace: string;
  /** From the run's options: program and arguments for `command`, script for `scripted`. */
  command: string[] | null;
  script: string | null;
}

export interface Launch {
  /** Program and arguments; no shell reads them. */
  argv: string[];
  /** Added to the session's environment. */
  env: Record<string, string>;
  /** Written to standard input, followed by end-of-file; null: open for what `encode` makes of messages. */
  input: string | null;
}

/** Something that was seen in the agent's output. A fact about text, never a verdict. */
export type Observation =
  | { kind: 'line'; text: string }
  /** The agent says that it is done (`TASK COMPLETE`). Noted, decides nothing. */
  | { kind: 'claim'; text: string };

export interface Capabilities {
  /** Takes another message in the same conversation after it has stopped. */
  followUp: boolean;
  /** Takes a message while it works. */
  steer: boolean;
}

/** A message for a living agent. */
export type Intent = { kind: 'message'; text: string } | { kind: 'interrupt' };

/**
 * An adapter for a coding CLI. Pure: it says what to start and what bytes mean; starting, writing and reading are the
 * runtime's. `interpret` is fed each piece of output once, in order, with the state it returned before (null first);
 * it never throws, whatever the bytes are.
 */
export interface Agent<State = unknown> {
  readonly name: string;
  readonly capabilities: Capabilities;
  launch(spec: LaunchSpec): Launch;
  interpret(bytes: string, state: State | null): { state: State; observations: Observation[] };
  /** What to write on standard input for `intent`, or null where the agent cannot take it. */
  encode(intent: Intent): string | null;
}
