import type { RuntimeHandle } from '../domain/task.ts';
import type { Redactor } from '../lib/redact.ts';

export interface StartSpec {
  argv: string[];
  /** The whole environment: nothing of the daemon's is added. */
  env: Record<string, string>;
  cwd: string;
  /** Existing private directory for the runtime's files: `output.log` (stdout and stderr), `events.jsonl`, exit status, pid. */
  dir: string;
  /** Standard input: this text and then end-of-file. null: nothing yet, and open for `write` while the program runs. */
  input: string | null;
  /** Put into the environment as `AO_MARK`; every process of the session inherits it. */
  mark: string;
  /** In a pid namespace of its own, where the machine can make one; the contract is the same there. */
  isolated?: boolean;
}

export interface TerminalSize {
  columns: number;
  rows: number;
}

/** Of a terminal that nobody has entered. */
export const initialSize: TerminalSize = { columns: 200, rows: 50 };

/** `follow` may keep back so many of the last bytes of a terminal's output: they may be the mark behind it, or be followed by more. */
export const mostHeldBack = 32;

/** Where a session is, whatever of it runs. */
export type Place = Pick<StartSpec, 'dir' | 'cwd' | 'mark' | 'input'>;

/**
 * running: seen alive. exited: it ended and left its status (code is null when a signal ended it). gone: no process and
 * no status (machine restarted, holder killed). unknown: could not be observed; neither idle nor dead.
 */
export type Liveness =
  | { state: 'running' }
  | { state: 'exited'; code: number | null; signal: string | null }
  | { state: 'gone' }
  | { state: 'unknown'; why: string };

/** What a session's processes use now. */
export interface Resources {
  processes: number;
  /** What several of them share is in it once. */
  memoryBytes: number;
  /** So far, with what those used that have ended and were waited for. */
  cpuMs: number;
}

/** What a runtime can see of a delivery. Whether the program read it, and took it for what it was, nobody can see from here. */
export interface Delivery {
  /** Length of what was passed on: in a terminal, without what would act as a key. */
  bytes: number;
  /** Whether the terminal showed anything soon after Enter; null where there is no terminal, or Enter was not pressed. */
  reaction: boolean | null;
}

/**
 * Holds agents' processes so that they outlive the daemon. A handle is plain data and works after a restart.
 *
 * Contract: `start` resolves when the program is executing, and rejects with an AoError when it cannot (not found, not
 * executable). `stop` ends the whole process tree of that session, found by its mark, and nothing else: first politely,
 * after `graceMs` for good; it resolves when none is left. Stopping what is gone is no error. `follow` yields every byte
 * of output once, from `offset` on, and ends after the program has ended and all of its output was read, or on abort.
 * `write` passes text on to a program that was started with `input: null`, whole and in the order of the calls; it
 * resolves when the text is on its way, however slowly the program reads, and rejects with an AoError when nobody reads any more.
 * Without a terminal the program gets exactly these bytes. In a terminal they are pasted, without control characters
 * but newline and tab, and a newline at the very end is the Enter key.
 */
export interface Runtime {
  readonly name: string;
  /** Of a runtime that needs more than ao itself: rejects with an AoError that says what to install. */
  ready?(): Promise<void>;
  start(spec: StartSpec): Promise<RuntimeHandle>;
  /** The handle of a session whose start nobody could write down; of one that never was, a handle of what is gone. */
  find(place: Place): Promise<RuntimeHandle>;
  observe(handle: RuntimeHandle): Promise<Liveness>;
  /** Resolves with the first liveness that is not `running`; rejects only on abort. */
  wait(handle: RuntimeHandle, signal: AbortSignal): Promise<Liveness>;
  write(handle: RuntimeHandle, text: string): Promise<Delivery>;
  /** All that was ever written, also by a daemon before this one; empty in a terminal, which keeps no record of it. */
  written(handle: RuntimeHandle): Promise<string>;
  /** End-of-file behind what was written, for a program that has read that; nothing where it has ended, an AoError in a terminal. */
  endInput(handle: RuntimeHandle): Promise<void>;
  /** Presses keys of a program's terminal, one after another: names that tmux has for them, or single characters. An AoError where there is none. */
  press(handle: RuntimeHandle, keys: readonly string[]): Promise<void>;
  /** Of a program's terminal; whoever enters it brings a size along. null where there is none. */
  terminalSize(handle: RuntimeHandle): Promise<TerminalSize | null>;
  follow(handle: RuntimeHandle, offset: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What programs of the session appended to `events.jsonl` of its directory (hooks do), from its beginning; ends as `follow` does. */
  followEvents(handle: RuntimeHandle, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Of each session, in that order; null where it has no process any more, or the machine does not tell. Starts no process. */
  resources(handles: readonly RuntimeHandle[]): Promise<(Resources | null)[]>;
  stop(handle: RuntimeHandle, graceMs: number): Promise<void>;
  /** Where the output that is kept begins: 0, or what `forget` was told last. */
  keptFrom(handle: RuntimeHandle): Promise<number>;
  /**
   * Gives up the output before that place; the rest keeps its places, and the program goes on writing. Rejects with an AoError where
   * the machine cannot do that.
   */
  forget(handle: RuntimeHandle, before: number): Promise<void>;
  /**
   * Masks secrets in what is kept of a session that has ended, its input and output; every other byte keeps its place, also for
   * whoever reads meanwhile. Whatever ends us in between, each file is the old one or the new one, and it may be done again.
   */
  seal(handle: RuntimeHandle, redactor: Redactor): Promise<void>;
}
