import type { TakenUp } from '../domain/agent-facts.ts';
import type { Permissions } from '../domain/run.ts';

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
