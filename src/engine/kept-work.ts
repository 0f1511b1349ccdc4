import type { Problem } from '../domain/evidence.ts';
import type { Task } from '../domain/task.ts';
import { aoPerson } from './ao-person.ts';
import type { RunContext } from './context.ts';
import { conflictHunks } from './conflict-hunks.ts';
import { isOfTheDisk } from './disk-watch.ts';

export interface Start {
  commit: string;
  conflict: Extract<Problem, { code: 'conflict' }> | null;
}

/**
 * Where the next attempt starts: the head, with the work that is worth keeping merged onto it. What policy refused is
 * left out; where the merge conflicts, the files hold the usual markers and the agent is told so.
 */
export async function keptOnto(context: RunContext, task: Task, head: string): Promise<Start> {
  const { hub } = context;
  if (task.kept === null) return { commit: head, conflict: null };
  const merged = await hub.merge(head, task.kept).catch((error: unknown) => {
    if (isOfTheDisk(context, error)) throw error;
    context.log('kept.unusable', { task: task.id, kept: task.kept, error: String(error) });
    return null; // it stays saved; the next attempt starts afresh rather than never
  });
  if (merged === null) return { commit: head, conflict: null };
  const tree =
    task.discard.length > 0 ? await hub.restorePaths(merged.tree, head, task.discard) : merged.tree;
  if (tree === (await hub.treeOf(head))) return { commit: head, conflict: null };
  const message = `ao: kept work of attempt ${task.attempt}\n\nAO-Task: ${task.id}\n`;
  const commit = await hub.commit({ tree, parents: [head], message, author: aoPerson, committer: aoPerson });
  await hub.setRef(`refs/ao/starts/${task.id}.${task.attempt + 1}`, commit);
  const paths = merged.conflicts.filter((path) => !task.discard.includes(path));
  if (paths.length === 0) return { commit, conflict: null };
  return { commit, conflict: { code: 'conflict', paths, hunks: await conflictHunks(hub, tree, paths) } };
}
