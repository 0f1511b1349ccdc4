import type { RuntimeHandle } from '../domain/task.ts';

export interface StartSpec {
  argv: string[];
  /** The whole environment: nothing of the daemon's is added. */
  env: Record<string, string>;
  cwd: string;
  /** Existing private directory for the runtime's files: `output.log` (stdout and stderr), exit status, pid. */
  dir: string;
  input: string;
  /** Put into the environment as `AO_MARK`; every process of the session inherits it. */
  mark: string;
}

/**
 * running: seen alive. exited: it ended and left its status (code is null when a signal ended it). gone: no process and
 * no status (machine restarted, holder killed). unknown: could not be observed; neither idle nor dead.
 */
export type Liveness =
  | { state: 'running' }
  | { state: 'exited'; code: number | null; signal: string | null }
  | { state: 'gone' }
  | { state: 'unknown'; why: string };

/**
 * Holds agents' processes so that they outlive the daemon. A handle is plain data and works after a restart.
 *
 * Contract: `start` resolves when the program is executing, and rejects with an AoError when it cannot (not found, not
 * executable). `stop` ends the whole process tree of that session, found by its mark, and nothing else: first politely,
 * after `graceMs` for good; it resolves when none is left. Stopping what is gone is no error. `follow` yields every byte
 * of output once, from `offset` on, and ends after the program has ended and all of its output was read, or on abort.
 */
export interface Runtime {
  readonly name: string;
  /** Of a runtime that needs more than ao itself: rejects with an AoError that says what to install. */
  ready?(): Promise<void>;
  start(spec: StartSpec): Promise<RuntimeHandle>;
  observe(handle: RuntimeHandle): Promise<Liveness>;
  /** Resolves with the first liveness that is not `running`; rejects only on abort. */
  wait(handle: RuntimeHandle, signal: AbortSignal): Promise<Liveness>;
  follow(handle: RuntimeHandle, offset: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  stop(handle: RuntimeHandle, graceMs: number): Promise<void>;
}
