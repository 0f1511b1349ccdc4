import { AoError } from '../domain/errors.ts';
import type { Session } from '../domain/task.ts';
import type { Rows, Store } from '../ports/store.ts';

type Named = 'run' | 'task' | 'session';

/** The row with this id, or the only one whose id begins with it. */
export async function findRow<K extends Named>(store: Store, kind: K, id: string): Promise<Rows[K]> {
  return (await store.get(kind, id)) ?? onlyOne(await beginningWith(store, kind, id), kind, id);
}

/** The session with this id, or the last one of the task with it; or of the only one of both whose id begins with it. */
export async function findSession(store: Store, id: string): Promise<Session> {
  const session = await store.get('session', id);
  if (session !== null) return session;
  const sessions = await beginningWith(store, 'session', id);
  const tasks = await beginningWith(store, 'task', id);
  const found = onlyOne<{ id: string }>([...tasks, ...sessions], 'task or session', id);
  const own = sessions.find((row) => row === found);
  const last = own ?? (await store.list('session', { task: found.id })).at(-1);
  if (last === undefined)
    throw new AoError('notFound', `Task ${found.id} has had no session yet.`, 'See `ao status`.');
  return last;
}

async function beginningWith<K extends Named>(store: Store, kind: K, id: string): Promise<Rows[K][]> {
  return (await store.list(kind)).filter((row) => row.id.startsWith(id));
}

function onlyOne<T extends { id: string }>(matches: readonly T[], what: string, id: string): T {
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  if (only === undefined) throw new AoError('notFound', `There is no ${what} ${id}.`, 'See `ao list`.');
  const ids = matches.slice(0, 5).map((row) => row.id);
  throw new AoError(
    'usage',
    `${id} is the beginning of several ids.`,
    `Write more of one: ${ids.join(', ')}.`,
  );
}
