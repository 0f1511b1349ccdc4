import { runtimeOf } from '../domain/run.ts';
import type { Session } from '../domain/task.ts';
import type { Place } from '../ports/runtime.ts';
import type { RunContext, World } from './context.ts';
import { sessionMark } from './start-session.ts';
import { GRACE_MS } from './watch-session.ts';

/**
 * Ends all there is of a session, also when a daemon ended before it could write down how to find it. Where no daemon was there to watch it, it
 * may have printed secrets all the same.
 */
export async function stopSession(
  world: Pick<World, 'findRuntime' | 'markPrefix'>,
  session: Session,
  { options, redactor }: Pick<RunContext, 'options' | 'redactor'>,
): Promise<void> {
  const runtime = world.findRuntime(session.handle?.runtime ?? runtimeOf(options));
  const handle = session.handle ?? (await runtime.find({ ...placeOf(world, session), input: '' }));
  await runtime.stop(handle, GRACE_MS);
  await runtime.seal(handle, redactor);
}

/** By which its runtime finds it where its start was not written down. */
export function placeOf(world: Pick<World, 'markPrefix'>, session: Session): Omit<Place, 'input'> {
  return { dir: session.dir, cwd: session.workspace.path, mark: sessionMark(world, session) };
}
