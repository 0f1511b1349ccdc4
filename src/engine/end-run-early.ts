import type { RunOutcome } from '../domain/run.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { endSessionsOf } from './end-sessions.ts';

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

/**
 * The end could not be brought about as it should; it is written all the same, so that nothing waits for ever. Agents that are at
 * work still are ended, and their workspaces stay.
 */
export async function finishAnyway(context: RunContext, reason: string): Promise<void> {
  const run = await context.store.get('run', context.run);
  if (run === null || run.state === 'finished') return;
  await endSessionsOf(context, run, reason);
  const patch = { outcome: 'failed', reason, endedAt: context.clock.now() } as const;
  await applyTransitions(context.store, [
    { kind: 'run', row: run, event: 'finish', patch, body: { reason } },
  ]);
}
