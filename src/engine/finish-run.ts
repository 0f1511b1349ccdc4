import type { RunOutcome } from '../domain/run.ts';
import { advanceTarget } from './advance-target.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { removeWorkspaces } from './remove-workspaces.ts';

/**
 * The last look before a run ends: a target that waits for the user's checkout is tried once more, and one that somebody
 * moved meanwhile is adopted (the run goes on with it).
 */
export async function finishRun(
  context: RunContext,
  end: { outcome: RunOutcome; reason: string | null },
): Promise<void> {
  let run = await context.store.get('run', context.run);
  if (run === null || run.state === 'finished') return;
  if (end.outcome === 'green' || run.held !== null) {
    const settled = await advanceTarget(context, run.head);
    run = await context.store.get('run', context.run);
    if (run === null || settled === 'adopted') return;
    if (end.outcome !== 'green' && settled === 'moved') return; // no longer held: decide again
  }
  const stopped = run.state === 'stopping' && run.outcome !== null;
  const outcome = stopped ? run.outcome : end.outcome;
  const reason = stopped ? run.reason : end.reason;
  await removeWorkspaces(context);
  await applyTransitions(context.store, [
    {
      kind: 'run',
      row: run,
      event: 'finish',
      patch: { outcome, reason, endedAt: context.clock.now() },
      body: { outcome, reason },
    },
  ]);
}
