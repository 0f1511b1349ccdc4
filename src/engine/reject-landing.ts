import { describeProblem, type Problem } from '../domain/evidence.ts';
import { afterVerdict, discardPaths } from '../domain/retry.ts';
import type { Landing } from '../domain/task.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import type { RunContext } from './context.ts';

/** A change that cannot land goes back to its task with the evidence: conflict hunks, or what it breaks. */
export async function rejectLanding(
  context: RunContext,
  landing: Landing,
  problems: Problem[],
): Promise<void> {
  const task = await context.store.get('task', landing.task);
  const moves: Move[] = [
    {
      kind: 'landing',
      row: landing,
      event: 'reject',
      patch: { problems },
      body: { reason: sentence(problems) },
    },
  ];
  if (task?.state === 'in_flight' && task.attempt === landing.attempt) {
    const verdict = { status: 'failed', problems, tree: landing.change.tree, baseTree: null } as const;
    const next = afterVerdict({ attempt: task.attempt, attemptsAllowed: task.attemptsAllowed, verdict });
    moves.push({
      kind: 'task',
      row: task,
      event: next === 'needs_you' ? 'park' : 'return',
      patch: {
        problems,
        kept: landing.change.commit,
        discard: discardPaths(problems),
        reason: next === 'needs_you' ? 'needs_you' : null,
        accepted: false,
        updatedAt: context.clock.now(),
      },
      body: { reason: sentence(problems) },
    });
  }
  const why = { outcome: 'failed' as const, reason: `rejected by the merge queue: ${sentence(problems)}` };
  await applyTransitions(context.store, moves, [
    { op: 'update', kind: 'attempt', id: `${landing.task}.${landing.attempt}`, expect: {}, patch: why },
  ]);
}

function sentence(problems: Problem[]): string {
  return problems.map(describeProblem).join('; ');
}
