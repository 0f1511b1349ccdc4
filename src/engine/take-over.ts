import { runtimeOf } from '../domain/run.ts';
import type { Session, Task } from '../domain/task.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { placeOf } from './stop-session.ts';

/** An agent whose start no daemon lived to write down goes on like every other. False where it is gone. */
export async function takeOver(
  context: RunContext,
  { task, session }: { task: Task; session: Session },
): Promise<boolean> {
  const runtime = context.findRuntime(runtimeOf(context.options));
  const input = context.findAgent(session.agent).capabilities.dialog ? null : '';
  const handle = await runtime.find({ ...placeOf(context, session), input });
  const { state } = await runtime.observe(handle);
  if (state === 'gone') return false;
  const times = { startedAt: context.clock.now(), startedMonotonic: context.clock.monotonic() };
  const patch = { handle, ...times };
  const body = { pid: handle.pid, title: task.title };
  await applyTransitions(context.store, [{ kind: 'session', row: session, event: 'started', patch, body }]);
  return true; // or it was cancelled meanwhile, which is seen by whoever reads the rows again
}
