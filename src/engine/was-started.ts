import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Session } from '../domain/task.ts';

/** The runtime writes its files before the program runs: where there are none, no agent has worked and nothing was spent. */
export async function wasStarted(session: Pick<Session, 'dir' | 'handle'>): Promise<boolean> {
  return session.handle !== null || (await exists(path.join(session.dir, 'output.log')));
}

export async function exists(place: string): Promise<boolean> {
  return access(place).then(
    () => true,
    () => false,
  );
}
