import type { Problem } from '../domain/evidence.ts';
import type { Landing } from '../domain/task.ts';
import { conflictHunks } from './conflict-hunks.ts';
import { aoPerson } from './ao-person.ts';
import type { RunContext } from './context.ts';

/** A batch on top of a head: one squashed commit per task, and the one commit that lands them all. */
export interface Stack {
  /** The squashed commit alone, or a merge commit of head and the last squashed one. */
  tip: string;
  /** By landing id. */
  squashes: Map<string, string>;
}

/** The entry at `index` does not merge onto the head with those before it, which do. */
export interface Clash {
  index: number;
  problem: Problem;
}

/** Merges the changes onto `head` one after another; a textual conflict ends it. */
export async function stackChanges(
  context: RunContext,
  head: string,
  batch: readonly Landing[],
): Promise<Stack | Clash> {
  const committer = (await context.target.facts()).person ?? aoPerson;
  const author = { name: context.options.agent, email: `${context.options.agent}@ao.localhost` };
  const squashes = new Map<string, string>();
  const titles: string[] = [];
  let top = head;
  for (const [index, landing] of batch.entries()) {
    const merged = await context.hub.merge(top, landing.change.commit);
    if (merged.conflicts.length > 0) {
      const hunks = await conflictHunks(context.hub, merged.tree, merged.conflicts);
      return { index, problem: { code: 'conflict', paths: merged.conflicts, hunks } };
    }
    const title = (await context.store.get('task', landing.task))?.title ?? landing.task;
    const message = `Fix ${title}\n\nAO-Task: ${landing.task}\nAO-Attempt: ${landing.attempt}\n`;
    top = await context.hub.commit({ tree: merged.tree, parents: [top], message, author, committer });
    squashes.set(landing.id, top);
    titles.push(title);
  }
  if (batch.length < 2) return { tip: top, squashes };
  const message = `Land ${batch.length} tasks\n\n${titles.map((title) => `- ${title}`).join('\n')}\n\nAO-Run: ${context.run}\n`;
  const tree = await context.hub.treeOf(top);
  const tip = await context.hub.commit({ tree, parents: [head, top], message, author: committer, committer });
  return { tip, squashes };
}
