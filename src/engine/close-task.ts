import type { Landing, Task } from '../domain/task.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import type { RunContext } from './context.ts';

/**
 * Another landing (or somebody's commit) made a task's findings pass: the task is done without a landing of its own. Its
 * place in the queue is given up; its agent, if one is at work, is ended by the next tick with its work saved.
 */
export function closeTask(context: RunContext, task: Task, by: string | null): Promise<boolean> {
  return context.rowLock.use(() => close(context, task, by));
}

async function close(context: RunContext, task: Task, by: string | null): Promise<boolean> {
  const landings = await context.store.list('landing', {
    run: context.run,
    task: task.id,
    states: ['queued', 'landing'],
  });
  if (landings.some(({ state }) => state === 'landing')) return false; // it began meanwhile: decide again when it is over
  const reason = await reasonFor(context, task, by);
  const move: Move = {
    kind: 'task',
    row: task,
    event: 'fixed',
    patch: { fixedBy: by, reason, updatedAt: context.clock.now() },
    body: { by, reason },
  };
  return applyTransitions(context.store, [move, ...withdrawals(landings)]);
}

export function withdrawals(landings: Landing[]): Move[] {
  return landings.map((row) => ({ kind: 'landing', row, event: 'withdraw' }));
}

async function reasonFor(context: RunContext, task: Task, by: string | null): Promise<string> {
  const flaky = new Set((await context.store.get('run', context.run))?.flaky);
  if (task.findings.every(({ id }) => flaky.has(id))) return 'its findings come and go (flaky)';
  const other = by === null ? null : await context.store.get('task', by);
  return other === null
    ? 'fixed by a commit of somebody else'
    : `fixed by ${other.id.slice(0, 8)} (${other.title})`;
}
