import type { RuntimeHandle } from '../../domain/task.ts';
import { readProcessTable, usesPath } from '../../lib/process-table.ts';
import { selectTree } from '../../lib/process-tree.ts';
import { readUsage } from '../../lib/process-usage.ts';
import type { Resources } from '../../ports/runtime.ts';
import { treeOf } from './held-session.ts';

/** Of each session what its processes use, from one reading of the process table. */
export async function resources(handles: readonly RuntimeHandle[]): Promise<(Resources | null)[]> {
  const table = await readProcessTable();
  const observer = { self: process.pid, uses: usesPath };
  const trees = await Promise.all(handles.map(treeOf));
  return trees.map((tree) => sum(selectTree(table, tree, observer).map(({ pid }) => readUsage(pid))));
}

/** A process that ended meanwhile is left out; where nothing is told of any, nothing is known. */
function sum(used: readonly ReturnType<typeof readUsage>[]): Resources | null {
  const told = used.filter((one) => one !== null);
  if (told.length === 0) return null;
  return {
    processes: told.length,
    memoryBytes: told.reduce((all, { memoryBytes }) => all + memoryBytes, 0),
    cpuMs: told.reduce((all, { cpuMs }) => all + cpuMs, 0),
  };
}
