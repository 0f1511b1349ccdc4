import type { Redactor } from '../lib/redact.ts';
import type { CheckResult, CheckSpec } from '../domain/check-result.ts';

export interface CheckRun {
  spec: CheckSpec;
  /** Absolute path of a prepared checkout; nobody else uses it meanwhile. */
  root: string;
  env: Record<string, string>;
  /** Value of `AO_MARK` for its processes, so that they can be ended after a crash of ours. */
  mark: string;
  /** Private directory for its output, which is kept as evidence. */
  dir: string;
  signal: AbortSignal;
  /** What it leaves in `dir` goes through this. */
  redactor?: Redactor;
}

/** Runs one check once in one checkout and reads its report. Ends its whole process tree, also on timeout and abort. */
export interface Checks {
  run(run: CheckRun): Promise<CheckResult>;
  /** Checks that a repository without configuration seems to have, from the files in `root`. */
  detect(root: string): Promise<{ name: string; command: string }[]>;
}

export interface SetupRun {
  /** Absolute path of a fresh checkout. */
  root: string;
  /** The user's repository: submodules may be named relative to where it came from. */
  repository: string;
  /** Shell text, or null: detect from lock files. */
  command: string | null;
  env: Record<string, string>;
  mark: string;
  /** Where prepared directories (`node_modules`, `.venv`, …) are cached, per project. */
  cacheDir: string;
  dir: string;
  signal: AbortSignal;
  /** What is kept of its output goes through this. */
  redactor?: Redactor;
}

/**
 * Makes a checkout ready to work in; the same way for agents and for checks. Resolves to what must be added to the
 * environment there (`VIRTUAL_ENV`, a longer `PATH`), and whether anything was run. Rejects with one clear AoError.
 */
export interface Setup {
  prepare(run: SetupRun): Promise<{ env: Record<string, string>; ran?: boolean }>;
}
