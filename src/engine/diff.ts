import { AoError } from '../domain/errors.ts';
import type { Attempt, Session } from '../domain/task.ts';
import type { Hub } from '../ports/git.ts';
import { aoPerson } from './ao-person.ts';
import type { World } from './context.ts';
import { findRow } from './find-row.ts';
import { taskFiles } from './task-files.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** What a task's last attempt, or a session, changed; of a living session as it stands at this moment. */
export async function diffOf(world: World, id: string): Promise<string> {
  const attempt = await attemptOf(world, id);
  const session = await findRow(world.store, 'session', attempt.session);
  const run = await findRow(world.store, 'run', attempt.run);
  const hub = await world.openHub(world.layout.hub(run.project), run.path);
  const commit = attempt.change?.commit ?? (await current(world, hub, session));
  return hub.diff(attempt.base, commit, MAX_BYTES);
}

async function attemptOf(world: World, id: string): Promise<Attempt> {
  const attempts = await world.store.list('attempt');
  const matches = attempts.filter(
    (row) => row.session === id || row.task.startsWith(id) || row.session.startsWith(id),
  );
  const last = matches.at(-1);
  if (last === undefined)
    throw new AoError('notFound', `There is no task or session ${id}.`, 'See `ao list`.');
  return last;
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
