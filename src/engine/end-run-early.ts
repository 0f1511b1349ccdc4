import type { RunOutcome } from '../domain/run.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';

/** The run goes no further: its agents are ended with their work saved, then it finishes with this outcome. */
export async function endRunEarly(
  context: Pick<RunContext, 'store' | 'run'>,
  outcome: RunOutcome,
  reason: string,
): Promise<void> {
  const run = await context.store.get('run', context.run);
  if (run?.state !== 'running') return;
  await applyTransitions(context.store, [
    { kind: 'run', row: run, event: 'stop', patch: { reason, outcome }, body: { outcome, reason } },
  ]);
}
