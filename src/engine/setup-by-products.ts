import type { FileChange } from '../domain/change.ts';
import type { Session } from '../domain/task.ts';
import { aoPerson } from './ao-person.ts';
import type { RunContext } from './context.ts';
import { taskFiles } from './task-files.ts';

/**
 * The tree of a workspace right after its setup, or null where the setup left the project's files as they were. What a
 * setup writes beside what the project ignores (a lock file, generated code) is nobody's change.
 */
export async function treeAfterSetup(context: RunContext, session: Session): Promise<string | null> {
  const { workspace, id } = session;
  const { tree } = await context.workspaces[workspace.kind].capture(context.hub, {
    workspace,
    name: `${id}.prepared`,
    author: aoPerson,
    committer: aoPerson,
    message: `ao: ${id} after its setup\n`,
    exclude: taskFiles,
  });
  return tree === (await context.hub.treeOf(workspace.start)) ? null : tree;
}

/** `tree` without what the setup changed and the agent left as it found it. */
export async function withoutByProducts(
  context: RunContext,
  session: Session,
  tree: string,
): Promise<string> {
  const { prepared, workspace } = session;
  if (prepared === undefined) return tree;
  const touched = pathsOf(await context.hub.changes(prepared, tree));
  const bySetup = pathsOf(await context.hub.changes(workspace.start, prepared));
  const untouched = [...bySetup].filter((path) => !touched.has(path));
  return untouched.length === 0 ? tree : context.hub.restorePaths(tree, workspace.start, untouched);
}

function pathsOf(changes: readonly FileChange[]): Set<string> {
  return new Set(changes.flatMap(({ path, oldPath }) => (oldPath === null ? [path] : [path, oldPath])));
}
