import type { TakenUp } from '../domain/agent-facts.ts';
import { conversationToTakeUp } from '../domain/take-up.ts';
import type { Attempt, Session, Task } from '../domain/task.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { keptOnto } from './kept-work.ts';
import { sessionName } from './session-name.ts';
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
  const takesUp = await conversationOf(context, task, account);
  const place = { base: run.head, start: start.commit, takesUp };
  const rows = rowsOf(context, { task, number, session, account, ...place });
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

/** The one that the attempt goes on with, where its agent can do that in another directory. */
async function conversationOf(context: RunContext, task: Task, account: string): Promise<TakenUp | null> {
  const { agent } = context.options;
  if (context.findAgent(agent).capabilities.takesUp !== 'anywhere') return null;
  const sessions = await context.store.list('session', { run: context.run, task: task.id });
  return conversationToTakeUp(sessions, { agent, account });
}

interface Claim {
  task: Task;
  number: number;
  session: string;
  account: string;
  base: string;
  start: string;
  takesUp: TakenUp | null;
}

function rowsOf(context: RunContext, claim: Claim): { attempt: Attempt; session: Session } {
  const { task, number, session, account, base, start, takesUp } = claim;
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
      workspace: { kind: workspace, path: workspacePath(context, session), branch: `ao/${session}`, start },
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
