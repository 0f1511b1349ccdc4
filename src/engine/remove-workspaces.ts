import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { leaveAccount } from './account-entries.ts';
import type { RunContext, World } from './context.ts';
import { gaveUpPlace } from './take-up.ts';

/**
 * Workspaces whose work is in the hub and whose task is settled. The others stay for a look until `ao clean`; what cannot
 * be removed now is removed then, so a failure here holds up nothing.
 */
export async function removeWorkspaces(context: RunContext): Promise<void> {
  const tasks = await context.store.list('task', { run: context.run, states: ['done', 'cancelled'] });
  const settled = new Set(tasks.map(({ id }) => id));
  const attempts = await context.store.list('attempt', { run: context.run });
  const sessions = await context.store.list('session', { run: context.run });
  for (const attempt of attempts) {
    if (!settled.has(attempt.task) || attempt.change === null || attempt.endedAt === null) continue;
    const session = sessions.find(({ id }) => id === attempt.session);
    if (session?.state !== 'ended' || gaveUpPlace(session, sessions)) continue;
    try {
      await context.workspaces[session.workspace.kind].remove(context.hub, session.workspace);
      await leaveAccount(context, context, session);
    } catch (error) {
      context.log('workspace.kept', { session: session.id, error: String(error) });
    }
  }
  await removeEmptyFolder(context, context.run);
}

/** The folder of a run's clones, once the last of them is gone. */
export async function removeEmptyFolder({ layout }: Pick<World, 'layout'>, run: string): Promise<void> {
  await rmdir(path.dirname(layout.workspace(run, 'any'))).catch(() => {}); // there are others, or there was none
}
