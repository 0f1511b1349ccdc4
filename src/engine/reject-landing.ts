import type { Problem, Verdict } from '../domain/evidence.ts';
import type { Landing } from '../domain/task.ts';
import { verdictStatus } from '../domain/verdict.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { sendBack, sentence } from './send-back.ts';

/** A change that cannot land goes back to its task with the evidence: conflict hunks, or what it breaks. */
export async function rejectLanding(
  context: RunContext,
  landing: Landing,
  problems: Problem[],
): Promise<void> {
  const task = await context.store.get('task', landing.task);
  const status = verdictStatus(problems);
  const verdict: Verdict = { status, problems, tree: landing.change.tree, baseTree: null };
  const body = { reason: sentence(problems) };
  const moves: Move[] = [{ kind: 'landing', row: landing, event: 'reject', patch: { problems }, body }];
  if (task?.state === 'in_flight' && task.attempt === landing.attempt) {
    moves.push(sendBack(task, landing.change, verdict, context.clock.now()));
  }
  const outcome = status === 'not_verifiable' ? status : 'failed';
  const patch = { outcome, verdict, reason: `rejected by the merge queue: ${sentence(problems)}` } as const;
  const id = `${landing.task}.${landing.attempt}`;
  await applyTransitions(context.store, moves, [{ op: 'update', kind: 'attempt', id, expect: {}, patch }]);
}
