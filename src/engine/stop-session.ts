import { type RunOptions, runtimeOf } from '../domain/run.ts';
import type { RuntimeHandle, Session } from '../domain/task.ts';
import type { World } from './context.ts';
import { sessionMark } from './start-session.ts';
import { GRACE_MS } from './watch-session.ts';

/** Ends all there is of a session, also when a daemon ended before it could write down how to find it. */
export async function stopSession(
  world: Pick<World, 'findRuntime' | 'markPrefix'>,
  session: Session,
  options: RunOptions,
): Promise<void> {
  const handle = session.handle ?? (await findSession(world, session, options));
  await world.findRuntime(handle.runtime).stop(handle, GRACE_MS);
}

/** Its handle, where its start was not written down. */
export function findSession(
  world: Pick<World, 'findRuntime' | 'markPrefix'>,
  session: Session,
  options: RunOptions,
): Promise<RuntimeHandle> {
  const place = { dir: session.dir, cwd: session.workspace.path, mark: sessionMark(world, session) };
  return world.findRuntime(runtimeOf(options)).find(place);
}
