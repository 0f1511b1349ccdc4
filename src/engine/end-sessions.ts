import type { Run } from '../domain/run.ts';
import { applyTransitions } from './apply-transition.ts';
import type { World } from './context.ts';
import { closeOutbox } from './outbox.ts';
import { stopSession } from './stop-session.ts';
import { redactorOf } from './without-secrets.ts';

/**
 * Ends the agents of a run that cannot go on because its repository is gone. Their work cannot be saved to a hub that
 * cannot be opened: their workspaces stay, and `ao clean` never removes what was not saved.
 */
export async function endSessionsOf(world: World, run: Run, reason: string): Promise<void> {
  const sessions = await world.store.list('session', { run: run.id, states: ['starting', 'running'] });
  for (const session of sessions) {
    await stopSession(world, session, { options: run.options, redactor: redactorOf(run) });
    const endedAt = world.clock.now();
    await applyTransitions(
      world.store,
      [{ kind: 'session', row: session, event: 'end', patch: { outcome: 'killed', reason, endedAt } }],
      [
        {
          op: 'update',
          kind: 'attempt',
          id: `${session.task}.${session.attempt}`,
          expect: {},
          patch: { outcome: 'killed', reason, endedAt },
        },
      ],
    );
    await closeOutbox(world, session);
  }
}
