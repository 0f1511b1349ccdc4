import type { Attempt, Session, Task } from '../domain/task.ts';
import { aoPerson } from './ao-person.ts';
import type { RunContext } from './context.ts';
import { withoutByProducts } from './setup-by-products.ts';
import { taskFiles } from './task-files.ts';

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
  const author = { name: session.agent, email: `${session.agent}@ao.localhost` };
  const committer = facts.person ?? aoPerson;
  const capture = await context.workspaces[session.workspace.kind].capture(context.hub, {
    workspace: session.workspace,
    name: session.id,
    author,
    committer,
    message,
    exclude: taskFiles,
  });
  const change = { commit: capture.commit, tree: await withoutByProducts(context, session, capture.tree) };
  if (change.tree !== capture.tree) {
    const spec = { tree: change.tree, parents: [capture.commit], message, author, committer };
    change.commit = await context.hub.commit(spec);
    await context.hub.setRef(`refs/ao/sessions/${session.id}.change`, change.commit);
  }
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
