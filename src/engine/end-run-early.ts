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

/** The end itself could not be brought about as it should; it is written all the same, so that nothing waits for ever. */
export async function finishAnyway(
  context: Pick<RunContext, 'store' | 'run' | 'clock'>,
  reason: string,
): Promise<void> {
  const run = await context.store.get('run', context.run);
  if (run === null || run.state === 'finished') return;
  const patch = { outcome: 'failed', reason, endedAt: context.clock.now() } as const;
  await applyTransitions(context.store, [
    { kind: 'run', row: run, event: 'finish', patch, body: { reason } },
  ]);
}
