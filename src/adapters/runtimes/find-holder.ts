import type { RuntimeHandle } from '../../domain/task.ts';
import { readArguments } from '../../lib/process-table.ts';
import { findMarked } from '../../lib/process-tree.ts';
import type { Place } from '../../ports/runtime.ts';
import { inputOf } from './executing.ts';
import { holderName } from './wrapper.ts';

/**
 * Its wrapper is known by its name, among all that has the mark. Where that is gone, or not there yet, the files and the
 * mark have to do: that is enough to tell whether an agent runs, and to end it.
 */
export async function findHolder(place: Place): Promise<Omit<RuntimeHandle, 'runtime'>> {
  const { dir, cwd, mark } = place;
  const known = { dir, cwd, mark, ...inputOf(place) };
  for (const { pid, startTime } of await findMarked(mark)) {
    const command = await readArguments(pid);
    if (command?.includes(`${holderName} ${dir}`)) return { pid, startTime, ...known };
  }
  return { pid: 0, startTime: '', ...known };
}
