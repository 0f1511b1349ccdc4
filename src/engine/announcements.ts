import type { Store } from '../ports/store.ts';
import { withCommit } from './with-commit.ts';

/** Lets readers wait for the next change of rows or of what is seen live. */
export class Announcements {
  #waiting = Promise.withResolvers<void>();

  announce(): void {
    const { resolve } = this.#waiting;
    this.#waiting = Promise.withResolvers<void>();
    resolve();
  }

  /** Resolves with the next change, or at once when `signal` is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    await Promise.race([this.#waiting.promise, aborted.promise]);
    signal.removeEventListener('abort', onAbort);
  }
}

/** The same store; `onCommit` is called after each commit that was written. */
export function announcing(store: Store, onCommit: () => void): Store {
  return withCommit(store, async (writes, events) => {
    const written = await store.commit(writes, events);
    if (written) onCommit();
    return written;
  });
}
