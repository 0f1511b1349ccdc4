import type { NewEvent } from '../domain/events.ts';
import type { Store } from '../ports/store.ts';
import type { World } from './context.ts';
import type { DiskWatch } from './disk-watch.ts';
import type { Live } from './live.ts';
import { withCommit } from './with-commit.ts';

/** The same store; a commit that the disk does not take is not given up. */
export function outlasting(store: Store, disk: DiskWatch): Store {
  return withCommit(store, (writes, events) => disk.outlast(() => store.commit(writes, events)));
}

/** The same checks and setups; none begins on a disk that is in trouble, and what failed because of it is no result. */
export function doubting({ checks, setup }: World, disk: DiskWatch): Pick<World, 'checks' | 'setup'> {
  return {
    checks: {
      detect: (root) => checks.detect(root),
      run: (run) =>
        disk.guard(
          () => checks.run(run),
          ({ outcome }) => outcome === 'passed',
        ),
    },
    setup: {
      prepare: (run) =>
        disk.guard(
          () => setup.prepare(run),
          () => true,
        ),
    },
  };
}

/**
 * Tells people, and the log of every run that goes on, when the disk takes nothing, once, and when that is over. What the
 * log cannot take because of that very disk is written when it can.
 */
export function tellOfDisk(
  { store, log }: Pick<World, 'store' | 'log'>,
  live: Live,
): (trouble: string | null) => void {
  let blocked = false;
  let unwritten: NewEvent[] = [];
  let last: Promise<void> = Promise.resolve();
  const write = async (type: string, body: Record<string, unknown>): Promise<void> => {
    const runs = await store.list('run', { states: ['running', 'stopping'] });
    unwritten.push(...runs.map(({ id }) => ({ run: id, task: null, session: null, type, body })));
    if (unwritten.length === 0) return;
    await store.commit([], unwritten);
    unwritten = [];
  };
  return (trouble) => {
    live.setActivity('disk', trouble);
    if (blocked === (trouble !== null)) return; // only the words have changed
    blocked = trouble !== null;
    const type = blocked ? 'run.disk_blocked' : 'run.disk_free';
    log(blocked ? 'disk.blocked' : 'disk.free', { trouble });
    last = last
      .then(() => write(type, blocked ? { reason: trouble } : {}))
      .catch((error: unknown) => log('disk.untold', { error: String(error) }));
  };
}
