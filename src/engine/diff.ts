import type { Session } from '../domain/task.ts';
import type { Hub } from '../ports/git.ts';
import { aoPerson } from './ao-person.ts';
import type { World } from './context.ts';
import { findRow } from './find-row.ts';
import { taskFiles } from './task-files.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** What a session's attempt changed; of a living one as it stands at this moment. */
export async function diffOf(world: World, session: Session): Promise<string> {
  const attempt = await world.store.get('attempt', `${session.task}.${session.attempt}`);
  if (attempt === null) throw new Error(`session ${session.id} has no attempt`);
  const run = await findRow(world.store, 'run', attempt.run);
  const hub = await world.openHub(world.layout.hub(run.project), run.path);
  const commit = attempt.change?.commit ?? (await current(world, hub, session));
  return hub.diff(attempt.base, commit, MAX_BYTES);
}

async function current(world: World, hub: Hub, session: Session): Promise<string> {
  const capture = await world.workspaces[session.workspace.kind].capture(hub, {
    workspace: session.workspace,
    name: session.id,
    author: aoPerson,
    committer: aoPerson,
    message: `ao: ${session.id} so far\n`,
    exclude: taskFiles,
  });
  return capture.commit;
}
