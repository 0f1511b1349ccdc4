import type { TakenUp } from '../domain/agent-facts.ts';
import type { Attempt, Session, Task } from '../domain/task.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { keptOnto } from './kept-work.ts';
import { sessionName } from './session-name.ts';
import { resumption } from './take-up.ts';
import { knownResult } from './tree-results.ts';

/**
 * Takes a ready task: its attempt counter is raised (the fencing token, reserved before anything is spent) and the
 * attempt and session rows are written in the same transaction. False when the task is not ready any more.
 */
export async function claimTask(context: RunContext, taskId: string, account: string): Promise<boolean> {
  const run = await context.store.get('run', context.run);
  const task = await context.store.get('task', taskId);
  if (run?.state !== 'running' || task?.state !== 'ready' || task.attempt >= task.attemptsAllowed)
    return false;
  // A head that somebody else made a moment ago has to be checked before anything is judged against it.
  if (run.adopted !== null || (await knownResult(context, run.head)) === null) return false;
  const number = task.attempt + 1;
  const start = await keptOnto(context, task, run.head);
  const session = sessionName(task, number);
  const problems = start.conflict === null ? task.problems : [...task.problems, start.conflict];
  const patch = { attempt: number, reason: null, problems, updatedAt: context.clock.now() };
  const resumed = await resumption(context, task, account);
  const claim = { task, number, session, account, base: run.head, start: start.commit };
  const rows = rowsOf(context, { ...claim, ...resumed });
  const claimed = await applyTransitions(
    context.store,
    [{ kind: 'task', row: task, event: 'claim', patch, body: { attempt: number, session } }],
    [
      { op: 'insert', kind: 'attempt', row: rows.attempt },
      { op: 'insert', kind: 'session', row: rows.session },
    ],
  );
  const now = claimed ? null : await context.store.get('task', task.id);
  if (now?.state === 'ready' && now.attempt === task.attempt) {
    throw new Error(`task ${task.id} cannot be claimed: attempt ${number} or session ${session} exists`);
  }
  return claimed;
}

interface Claim {
  task: Task;
  number: number;
  session: string;
  account: string;
  base: string;
  start: string;
  takesUp: TakenUp | null;
  /** Null: a place of its own. */
  path: string | null;
}

function rowsOf(context: RunContext, claim: Claim): { attempt: Attempt; session: Session } {
  const { task, number, session, account, base, start, takesUp, path } = claim;
  const { agent, workspace } = context.options;
  const startedAt = context.clock.now();
  const shared = { run: context.run, task: task.id, agent, account, startedAt, endedAt: null };
  const open = { outcome: null, reason: null } as const;
  return {
    attempt: {
      ...shared,
      ...open,
      id: `${task.id}.${number}`,
      number,
      session,
      base,
      start,
      change: null,
      verdict: null,
      claim: null,
    },
    session: {
      ...shared,
      ...open,
      id: session,
      attempt: number,
      state: 'starting',
      exitCode: null,
      takesUp,
      workspace: {
        kind: workspace,
        path: path ?? workspacePath(context, session),
        branch: `ao/${session}`,
        start,
      },
      dir: context.layout.session(context.run, session),
      handle: null,
    },
  };
}

function workspacePath(context: RunContext, session: string): string {
  return context.options.workspace === 'clone'
    ? context.layout.workspace(context.run, session)
    : `${context.path}/.worktrees/${session}`;
}
