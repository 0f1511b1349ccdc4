import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { endTree } from '../lib/process-tree.ts';
import { removeDirectory } from '../lib/remove-directory.ts';
import { checkoutMark } from './check-tree.ts';
import type { World } from './context.ts';

/** Checkouts of checks that a crash of ours left behind, and the processes that may still run in them. */
export async function sweepCheckouts(world: Pick<World, 'layout' | 'markPrefix' | 'log'>): Promise<void> {
  const root = world.layout.checkouts();
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    const base = path.join(root, name);
    await endTree({ mark: checkoutMark(world.markPrefix, base), pid: 0, startTime: '', graceMs: 0 });
    // What cannot be removed stays for the next time: a daemon is worth more than the room.
    await removeDirectory(base).catch((error: unknown) => {
      world.log('checkout.kept', { path: base, error: String(error) });
    });
  }
}
