import type { Problem, Verdict } from './evidence.ts';

/**
 * What becomes of a task whose attempt was not accepted. An attempt that could not be judged counts like any other: the
 * counter was reserved before it was spent, so a check that stays broken cannot cost money for ever.
 */
export function afterVerdict(spent: {
  attempt: number;
  attemptsAllowed: number;
  verdict: Pick<Verdict, 'status'>;
}): 'retry' | 'needs_you' {
  if (spent.verdict.status === 'passed') throw new Error('a change that passed is not tried again');
  return spent.attempt < spent.attemptsAllowed ? 'retry' : 'needs_you';
}

/** Paths that policy refused: the next attempt starts with the kept work, but without these. */
export function discardPaths(problems: readonly Problem[]): string[] {
  const paths = problems.flatMap((problem) => (problem.code === 'policy' ? problem.paths : []));
  return [...new Set(paths)].toSorted();
}

/**
 * Whether the next attempt goes on from the work of the last one. Work that was given back with a conflict, and failed
 * again for another reason, is in the way more than it helps: the next attempt starts from the head.
 */
export function isWorthKeeping(given: readonly Problem[], found: readonly Problem[]): boolean {
  const conflicts = (problems: readonly Problem[]): boolean =>
    problems.some(({ code }) => code === 'conflict');
  return !conflicts(given) || conflicts(found);
}
