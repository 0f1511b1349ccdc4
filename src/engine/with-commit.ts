import type { Store } from '../ports/store.ts';

/** The same store, written to in another way. */
export function withCommit(store: Store, commit: Store['commit']): Store {
  return {
    get: (kind, id) => store.get(kind, id),
    list: (kind, filter) => store.list(kind, filter),
    commit,
    events: (after, filter, limit) => store.events(after, filter, limit),
    lastSeq: () => store.lastSeq(),
    close: () => store.close(),
  };
}
