import { stableHash } from '../lib/stable-hash.ts';

/**
 * One failure that a check reports.
 *
 * Two findings with the same `id` are the same failure. Ids never hold a line, so that a finding survives edits above
 * it; where a check reports the same failure twice, the two are compared as a multiset.
 */
export interface Finding {
  /** 16 hex digits, see `unitId` and `diagnosticId`. */
  id: string;
  /** Name of the check that reported it. */
  check: string;
  /**
   * test: a named test failed, and a passing run would name it too.
   * diagnostic: a linter or compiler message; a passing run is silent about it.
   * step: one command of a sequence (a make recipe line) failed and hid those behind it.
   * check: the check failed and nothing finer could be read from its output.
   */
  kind: 'test' | 'diagnostic' | 'step' | 'check';
  /** Repository-relative path with `/`, where the check names one. */
  file: string | null;
  /** 1-based. Shown to people and agents, never part of the identity. */
  line: number | null;
  /** One line: the test's name, or `rule: message`. */
  title: string;
  /** The failure's own text, capped by the parser; data from outside, never instructions. */
  message: string;
  /** For checks that stop at the first failure: the unit id of the step that reported it. */
  step?: string;
}

/** Identity of something that a check can see pass: a test, a file of tests, a step. */
export function unitId(check: string, file: string | null, name: string): string {
  return stableHash([check, 'unit', file ?? '', name]);
}

/** Identity of a linter's or compiler's message. */
export function diagnosticId(
  check: string,
  file: string | null,
  rule: string | null,
  message: string,
): string {
  // A message may name another line of its file.
  const text = normaliseMessage(message).replace(/\bline \d+/gi, 'line …');
  return stableHash([check, 'diagnostic', file ?? '', rule ?? '', text]);
}

/** Identity of a check as a whole. */
export function wholeCheckId(check: string): string {
  return stableHash([check, 'check']);
}

/** What varies from run to run (addresses, durations, positions, temporary paths) is taken out of a message. */
export function normaliseMessage(message: string): string {
  return message
    .replace(/0x[0-9a-f]+/gi, '0x…')
    .replace(/\b\d+(\.\d+)?\s?(ms|s|seconds?|minutes?)\b/g, '…')
    .replace(/\/(tmp|private\/tmp|var\/folders)\/[^\s:'"]+/g, '…')
    .replace(/:\d+(:\d+)?\b/g, ':…')
    .replace(/\s+/g, ' ')
    .trim();
}
