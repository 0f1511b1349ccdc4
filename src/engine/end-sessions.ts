import type { Run } from '../domain/run.ts';
import { endTree } from '../lib/process-tree.ts';
import { applyTransitions } from './apply-transition.ts';
import type { World } from './context.ts';
import { sessionMark } from './start-session.ts';
import { GRACE_MS } from './watch-session.ts';

/**
 * Ends the agents of a run that cannot go on because its repository is gone. Their work cannot be saved to a hub that
 * cannot be opened: their workspaces stay, and `ao clean` never removes what was not saved.
 */
export async function endSessionsOf(world: World, run: Run, reason: string): Promise<void> {
  const sessions = await world.store.list('session', { run: run.id, states: ['starting', 'running'] });
  for (const session of sessions) {
    const { handle } = session;
    if (handle !== null) await world.findRuntime(handle.runtime).stop(handle, GRACE_MS);
    await endTree({ mark: sessionMark(world, session), pid: 0, startTime: '', graceMs: GRACE_MS });
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
  }
}
