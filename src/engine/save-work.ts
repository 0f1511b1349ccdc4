import type { Attempt, Session, Task } from '../domain/task.ts';
import { aoPerson } from './ao-person.ts';
import type { RunContext } from './context.ts';
import { taskFiles } from './start-session.ts';

/**
 * Everything that an agent left in its workspace, committed or not, as one commit in the hub. Called before a workspace
 * may go away for any reason.
 */
export async function saveWork(
  context: RunContext,
  task: Task,
  attempt: Attempt,
  session: Session,
): Promise<{ commit: string; tree: string }> {
  const facts = await context.target.facts();
  const message = `Fix ${task.title}\n\nAO-Task: ${task.id}\nAO-Attempt: ${attempt.number}\n`;
  const capture = await context.workspaces[session.workspace.kind].capture(context.hub, {
    workspace: session.workspace,
    name: session.id,
    author: { name: session.agent, email: `${session.agent}@ao.localhost` },
    committer: facts.person ?? aoPerson,
    message,
    exclude: taskFiles,
  });
  const change = { commit: capture.commit, tree: capture.tree };
  await context.store.commit(
    [{ op: 'update', kind: 'attempt', id: attempt.id, expect: {}, patch: { change } }],
    [
      {
        run: context.run,
        task: task.id,
        session: session.id,
        type: 'attempt.saved',
        body: { ...change, uncommitted: capture.uncommitted },
      },
    ],
  );
  return change;
}
