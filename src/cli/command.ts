import type { Command } from 'commander';

/** What a command's file exports as `define`: options, arguments and an action on the given command. */
export type Define = (command: Command) => void;

/** One line of the table of commands. Its file is loaded only when the command runs. */
export interface CommandEntry {
  name: string;
  /** Shown in `ao --help`. */
  summary: string;
  /** Command lines that work as they stand; the first tokens of the command's help. */
  examples: readonly [string, ...string[]];
  load(): Promise<{ define: Define }>;
}
