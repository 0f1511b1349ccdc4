import { type FSWatcher, watch } from 'node:fs';
import { Bell } from '../../lib/bell.ts';

/** Where the system refuses to watch, changes are looked for at this pace. */
const blindMs = 200;

/**
 * Wakes a reader when one of the named files of a directory changed. Only a hint: it may wake for nothing, and a timer
 * wakes in any case, because events get lost on some file systems and a process can die without touching a file.
 */
export class DirectoryChanges {
  #watcher: FSWatcher | null = null;
  readonly #bell = new Bell();

  constructor(directory: string, names: readonly string[]) {
    try {
      this.#watcher = watch(directory, { persistent: false }, (_event, name) => {
        if (name === null || names.includes(name)) this.ring();
      });
      this.#watcher.on('error', () => this.#stopWatching());
    } catch {
      this.#stopWatching();
    }
  }

  /** Resolves at the first change since the last call, after `timeoutMs`, or on abort; true where there was a change. */
  next(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#bell.next(this.#watcher ? timeoutMs : Math.min(timeoutMs, blindMs), signal);
  }

  close(): void {
    this.#stopWatching();
    this.#bell.close();
  }

  /** Wakes the reader for another reason. */
  ring(): void {
    this.#bell.ring();
  }

  #stopWatching(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}
