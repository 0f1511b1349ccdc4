import type { Step } from '../domain/next-step.ts';
import type { Task } from '../domain/task.ts';
import type { Write } from '../ports/store.ts';
import { advanceTarget } from './advance-target.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { removeWorkspaces } from './remove-workspaces.ts';

type Finish = Extract<Step, { kind: 'finish' }>;

/**
 * The last look before a run ends: a target that waits for the user's checkout is tried once more, and one that somebody
 * moved meanwhile is adopted (the run goes on with it). The end is written only while the head and every task still are as
 * they were when the end was decided: somebody may have moved the one, a person answered one of the others.
 */
export async function finishRun(context: RunContext, end: Finish): Promise<void> {
  let run = await context.store.get('run', context.run);
  if (run === null || run.state === 'finished') return;
  if (run.state === 'running' && run.head !== end.head) return; // somebody else's by now: decide again
  if (run.state === 'running' && (end.outcome === 'green' || run.held !== null)) {
    const settled = await advanceTarget(context, run.head);
    if (settled === 'adopted') return;
    if ((settled === 'moved') !== (end.outcome === 'green')) return; // held, or no longer: decide again
    run = await context.store.get('run', context.run);
    if (run === null) return;
  }
  await removeWorkspaces(context);
  const early = run.state === 'stopping' && run.outcome !== null;
  const outcome = early ? run.outcome : end.outcome;
  const reason = early ? run.reason : end.reason;
  const patch = { outcome, reason, endedAt: context.clock.now() };
  const body = { outcome, reason };
  await applyTransitions(
    context.store,
    [{ kind: 'run', row: run, event: 'finish', patch, body }],
    end.tasks.map(unchanged),
  );
}

/** Writes nothing, but only while the task is in this state and under this token. */
function unchanged({ id, state, attempt }: Task): Write {
  return { op: 'update', kind: 'task', id, expect: { state, attempt }, patch: {} };
}
