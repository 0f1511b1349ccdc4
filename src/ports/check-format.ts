import type { Finding } from '../domain/finding.ts';

/** What a format may look at before a check runs. */
export interface CheckContext {
  check: string;
  /** Shell text as the user wrote it. */
  command: string;
  /**
   * The command with the project's own indirections resolved where we can read them: the script behind `npm test`, the
   * recipe behind `make test`. Equal to `command` where there is none. Only for recognising the tool.
   */
  resolved: string;
  /** Absolute path of an existing, empty directory for report files. */
  reportDir: string;
  /** Absolute path of the checkout. */
  root: string;
}

/** How to make the runner report better, without editing the project. */
export interface Instrumentation {
  /** Replaces the command; null keeps it. */
  command: string | null;
  env: Record<string, string>;
  /** Text files to write into `reportDir` first: name → content. They are not taken for reports afterwards. */
  files?: Record<string, string>;
}

/** What a check printed and wrote. Text is capped and decoded, escape sequences are removed. */
export interface CheckOutput {
  check: string;
  command: string;
  root: string;
  exitCode: number | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
  /** Both, in the order of arrival. */
  combined: string;
  /** Files found in `reportDir` afterwards. */
  reports: { name: string; text: string }[];
}

/** What a format read from it. Ids are made by `unitId` and `diagnosticId`; paths are repository-relative. */
export interface ParsedReport {
  findings: Finding[];
  /** Ids of what was seen to pass, a file of tests included when all of it could be loaded. */
  passed: string[];
  skipped: string[];
  /** Names for the ids in `passed` and `skipped`. */
  names: Record<string, string>;
  files: string[] | null;
  /** False where the output shows that it stopped before its end. */
  complete: boolean;
}

/** One test runner's or linter's way to report. Both functions are pure but for reading files below `root`. */
export interface CheckFormat {
  readonly name: string;
  /** null where this format has nothing to do with the command. */
  instrument(context: CheckContext): Instrumentation | null;
  /** null where the output is not of this format. */
  parse(output: CheckOutput): ParsedReport | null;
}
