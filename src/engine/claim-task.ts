import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { keptOnto } from './kept-work.ts';
import { sessionName } from './session-name.ts';

/**
 * Takes a ready task: its attempt counter is raised (the fencing token, reserved before anything is spent) and the
 * attempt and session rows are written in the same transaction. False when the task is not ready any more.
 */
export async function claimTask(context: RunContext, taskId: string, account: string): Promise<boolean> {
  const run = await context.store.get('run', context.run);
  const task = await context.store.get('task', taskId);
  if (run === null || task?.state !== 'ready' || task.attempt >= task.attemptsAllowed) return false;
  const number = task.attempt + 1;
  const start = await keptOnto(context, task, run.head);
  const id = sessionName(task, number);
  const now = context.clock.now();
  const shared = {
    run: context.run,
    task: task.id,
    agent: context.options.agent,
    account,
    startedAt: now,
    endedAt: null,
  };
  const problems = start.conflict === null ? task.problems : [...task.problems, start.conflict];
  return applyTransitions(
    context.store,
    [
      {
        kind: 'task',
        row: task,
        event: 'claim',
        patch: { attempt: number, reason: null, problems, updatedAt: now },
        body: { attempt: number, session: id },
      },
    ],
    [
      {
        op: 'insert',
        kind: 'attempt',
        row: {
          ...shared,
          id: `${task.id}.${number}`,
          number,
          session: id,
          base: run.head,
          start: start.commit,
          outcome: null,
          reason: null,
          change: null,
          verdict: null,
          claim: null,
        },
      },
      {
        op: 'insert',
        kind: 'session',
        row: {
          ...shared,
          id,
          attempt: number,
          state: 'starting',
          outcome: null,
          exitCode: null,
          reason: null,
          workspace: {
            kind: context.options.workspace,
            path: workspacePath(context, id),
            branch: `ao/${id}`,
            start: start.commit,
          },
          dir: context.layout.session(context.run, id),
          handle: null,
        },
      },
    ],
  );
}

function workspacePath(context: RunContext, session: string): string {
  return context.options.workspace === 'clone'
    ? context.layout.workspace(context.run, session)
    : `${context.path}/.worktrees/${session}`;
}
