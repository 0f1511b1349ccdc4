import type { FileChange } from '../change.ts';
import type { Finding } from '../finding.ts';

/** A change as rules see it. Texts of the paths named by `pathsToRead` are at hand; null where there is no such file. */
export interface Change {
  files: readonly FileChange[];
  readBefore(path: string): string | null;
  readAfter(path: string): string | null;
}

export interface PolicyContext {
  targets: readonly Finding[];
  /** Files of the tests that fail at the base. */
  testFiles: ReadonlySet<string>;
  /** Glob of the paths that may be touched, or null. */
  scope: string | null;
  allowTestEdits: boolean;
}

export interface Violation {
  /** One sentence, for the agent and for people. */
  message: string;
  /** Paths that the next attempt starts without. */
  paths: string[];
}

export interface Rule {
  name: string;
  check(change: Change, context: PolicyContext): Violation[];
}

/** The path, and the one before a rename. */
export function pathsOf({ path, oldPath }: FileChange): string[] {
  return oldPath === null || oldPath === path ? [path] : [path, oldPath];
}

/** One violation for all paths, or none. */
export function violation(message: string, paths: Iterable<string>): Violation[] {
  const unique = [...new Set(paths)].toSorted();
  return unique.length === 0 ? [] : [{ message, paths: unique }];
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Text that nobody runs or compiles. */
export function isProse(path: string): boolean {
  return (
    /\.(?:md|mdx|markdown|rst|adoc|txt)$/i.test(path) ||
    /^(?:licen[cs]e|changelog|authors)\b/i.test(nameOf(path))
  );
}
