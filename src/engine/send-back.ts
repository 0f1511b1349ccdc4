import { describeProblem, type Verdict } from '../domain/evidence.ts';
import { afterVerdict, discardPaths, isWorthKeeping } from '../domain/retry.ts';
import type { Task } from '../domain/task.ts';
import type { Move } from './apply-transition.ts';

/** A task whose change was not accepted: ready again with the evidence and the kept work, or waiting for a person. */
export function sendBack(task: Task, change: { commit: string } | null, verdict: Verdict, now: number): Move {
  const { attempt, attemptsAllowed } = task;
  const next = afterVerdict({ attempt, attemptsAllowed, verdict });
  const { problems } = verdict;
  return {
    kind: 'task',
    row: task,
    event: next === 'needs_you' ? 'park' : 'return',
    patch: {
      problems,
      kept: isWorthKeeping(task.problems, problems) ? (change?.commit ?? task.kept) : null,
      discard: discardPaths(problems),
      reason: next === 'needs_you' ? 'needs_you' : null,
      accepted: null,
      updatedAt: now,
    },
    body: { reason: sentence(problems) },
  };
}

export function sentence(problems: Verdict['problems']): string {
  return problems.map(describeProblem).join('; ');
}
