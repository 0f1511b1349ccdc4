import type { Finding } from './finding.ts';

/** One reason why a change was not accepted. Sent back to the agent and shown to people. */
export type Problem =
  | { code: 'still_failing'; finding: Finding }
  | { code: 'not_seen'; finding: Finding }
  | { code: 'regression'; finding: Finding }
  | { code: 'lost_tests'; check: string; names: string[] }
  | { code: 'policy'; rule: string; message: string; paths: string[] }
  | { code: 'conflict'; paths: string[]; hunks: string }
  | { code: 'check_broken'; check: string; message: string }
  | { code: 'setup_failed'; message: string }
  | { code: 'no_change'; message: string }
  | { code: 'agent_failed'; message: string };

/**
 * passed: everything asked was seen.
 * failed: something was seen that must not be.
 * not_verifiable: it could not be seen either way (a check broke, the setup failed).
 */
export interface Verdict {
  status: 'passed' | 'failed' | 'not_verifiable';
  problems: Problem[];
  /** The tree that was judged and the tree it was compared with. */
  tree: string | null;
  baseTree: string | null;
}

/** One line for a table or a report. */
export function describeProblem(problem: Problem): string {
  switch (problem.code) {
    case 'still_failing':
      return `still failing: ${problem.finding.title}`;
    case 'not_seen':
      return `not seen to pass: ${problem.finding.title}`;
    case 'regression':
      return `breaks what passed before: ${problem.finding.title}`;
    case 'lost_tests':
      return lost(problem);
    case 'policy':
      return `${problem.rule}: ${problem.message} (${some(problem.paths)})`;
    case 'conflict':
      return `conflicts with what landed first in ${some(problem.paths)}`;
    case 'check_broken':
      return `check ${problem.check} could not be run: ${problem.message}`;
    case 'setup_failed':
      return `setup failed: ${problem.message}`;
    case 'no_change':
    case 'agent_failed':
      return problem.message;
  }
}

const DETAIL_CHARACTERS = 4000;

/** The text behind a problem, for people: the failure's own output, the conflict's hunks; null where there is no more. */
export function detailOf(problem: Problem): string | null {
  switch (problem.code) {
    case 'still_failing':
    case 'not_seen':
    case 'regression':
      return problem.finding.message === '' ? null : problem.finding.message.slice(0, DETAIL_CHARACTERS);
    case 'conflict':
      return problem.hunks.slice(0, DETAIL_CHARACTERS);
    default:
      return null;
  }
}

function lost({ check, names }: Extract<Problem, { code: 'lost_tests' }>): string {
  const shown = some(names.map((name) => name.replace(/^step:/, '')));
  return names.length === 1
    ? `no longer runs in ${check}: ${shown}`
    : `${names.length} no longer run in ${check}: ${shown}`;
}

function some(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
