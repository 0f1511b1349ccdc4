import type { Finding } from './finding.ts';

/** A check as it is frozen at the start of a run. */
export interface CheckSpec {
  /** Unique within the run: `test`, `lint`, … */
  name: string;
  /** Shell text as the user wrote it; the one place where a shell is used on purpose. */
  command: string;
  timeoutMs: number;
}

/** What one check says about one tree. A fact: it never depends on who asks or on what was expected. */
export interface CheckResult {
  check: string;
  /** broken: it could not be judged at all (command not found, crashed before it looked at anything). */
  outcome: 'passed' | 'failed' | 'timed_out' | 'broken';
  /** null when a signal or the timeout ended it. */
  exitCode: number | null;
  /** Failures, each confirmed, or not reached, by a second run where one was asked for. A multiset by id. */
  findings: Finding[];
  /** Failures that a second run on the same tree did not show, though it came to them. */
  flaky: Finding[];
  /** Ids of units (tests, files of tests, steps) seen to pass. */
  passed: string[];
  /** Ids of units reported as skipped or to do. */
  skipped: string[];
  /** Files that a linter or compiler says it looked at; null where its output does not say. */
  files: string[] | null;
  /** False when it stopped before its end, so that later failures may be hidden (first failure of make, timeout). */
  complete: boolean;
  /** Names for ids in `passed` and `skipped`, so that a lost test can be called by its name. */
  names: Record<string, string>;
  /** The end of its output, capped, control characters removed. */
  output: string;
  durationMs: number;
}

/** Every check of a run on one exact tree. */
export interface TreeResult {
  tree: string;
  checks: CheckResult[];
}

export function findingsOf(result: TreeResult): Finding[] {
  return result.checks.flatMap((check) => check.findings);
}

export function isGreen(result: TreeResult): boolean {
  return result.checks.every((check) => check.outcome !== 'broken' && check.findings.length === 0);
}
