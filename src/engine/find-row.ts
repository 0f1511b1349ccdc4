import { AoError } from '../domain/errors.ts';
import type { Rows, Store } from '../ports/store.ts';

type Named = 'run' | 'task' | 'session';

/** The row with this id, or the only one whose id begins with it. */
export async function findRow<K extends Named>(store: Store, kind: K, id: string): Promise<Rows[K]> {
  const exact = await store.get(kind, id);
  if (exact !== null) return exact;
  const matches = (await store.list(kind)).filter((row) => row.id.startsWith(id));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  if (matches.length === 0) throw new AoError('notFound', `There is no ${kind} ${id}.`, 'See `ao list`.');
  const ids = matches.slice(0, 5).map((row) => row.id);
  throw new AoError(
    'usage',
    `${id} is the beginning of several ${kind}s.`,
    `Write more of one: ${ids.join(', ')}.`,
  );
}
