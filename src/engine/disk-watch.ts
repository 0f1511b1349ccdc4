import { DiskBlocked, diskFaultOf } from '../lib/disk-fault.ts';
import type { Disk } from '../ports/disk.ts';

/** How often a disk that takes nothing is tried. */
const TRY_MS = 500;

/**
 * Whether the disk of the data directory takes what is written. When something failed and the disk turns out to be why,
 * nobody is to blame and nothing is counted: whatever it was waits here and is done again when the disk is well.
 */
export class DiskWatch implements Disk {
  readonly #disk: Disk;
  readonly #home: string;
  readonly #onChange: (trouble: string | null) => void;
  /** What the disk itself last said. */
  #found: string | null = null;
  /** What waits although the disk says that it is well, with what stopped it. */
  readonly #held = new Map<symbol, string>();
  /** What people are told. */
  #blocked: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #tried = Promise.withResolvers<void>();
  #closed = false;

  constructor(disk: Disk, home: string, onChange: (trouble: string | null) => void) {
    this.#disk = disk;
    this.#home = home;
    this.#onChange = onChange;
  }

  /** Why nothing new can start; looked at anew unless it is known. */
  shortage(): string | null {
    return this.#found ?? this.#find(this.#disk.shortage());
  }

  /** Why what has just failed may have failed. */
  trouble(): string | null {
    return this.#find(this.#disk.trouble());
  }

  /**
   * Does what must neither start nor be believed while the disk is in trouble. `isSound`: the result needs no doubt. A
   * check on a full disk fails for no fault of the tree that it looks at.
   */
  async guard<T>(work: () => Promise<T>, isSound: (result: T) => boolean): Promise<T> {
    const before = this.shortage();
    if (before !== null) throw new DiskBlocked(before);
    try {
      const result = await work();
      const trouble = isSound(result) ? null : this.trouble();
      if (trouble === null) return result;
      throw new DiskBlocked(trouble);
    } catch (error) {
      const trouble = error instanceof DiskBlocked ? null : this.trouble();
      throw trouble === null ? error : new DiskBlocked(trouble, { cause: error });
    }
  }

  /** Does it again and again while only the disk is in the way. `work` must leave nothing behind when it fails. */
  async outlast<T>(work: () => Promise<T>): Promise<T> {
    let release = (): void => {};
    try {
      for (let tries = 1; ; tries += 1) {
        try {
          return await work();
        } catch (error) {
          if (this.#closed || diskFaultOf(error, this.#home) === null) throw error;
          if (tries === 1 && this.trouble() === null) continue; // it was over in a moment
          release();
          release = this.hold(error);
        }
        await this.#tried.promise;
      }
    } finally {
      release();
    }
  }

  /** People are told of the fault until it is released. */
  hold(error: unknown): () => void {
    const holder = Symbol('held');
    this.#held.set(holder, error instanceof Error ? error.message : String(error));
    this.#settle();
    return () => {
      this.#held.delete(holder);
      this.#settle();
    };
  }

  /** Resolves when the disk was tried the next time and took it, at once on abort. Only while people are told of a fault. */
  async over(signal: AbortSignal): Promise<void> {
    if (this.#blocked === null || this.#closed || signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const abort = (): void => aborted.resolve();
    signal.addEventListener('abort', abort, { once: true });
    await Promise.race([this.#tried.promise, aborted.promise]);
    signal.removeEventListener('abort', abort);
  }

  /** Nobody waits any longer: what could not be written fails. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#wake();
  }

  #find(trouble: string | null): string | null {
    this.#found = trouble;
    this.#settle();
    return trouble;
  }

  #settle(): void {
    const [held = null] = this.#held.values();
    const blocked = this.#found ?? (held === null ? null : (this.#blocked ?? held));
    if (this.#closed || blocked === this.#blocked) return;
    this.#blocked = blocked;
    if (blocked !== null) this.#timer ??= setInterval(() => this.#try(), TRY_MS).unref();
    else if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    this.#onChange(blocked);
    if (blocked === null) this.#wake();
  }

  #try(): void {
    if (this.#find(this.#disk.trouble()) === null) this.#wake();
  }

  #wake(): void {
    const { resolve } = this.#tried;
    this.#tried = Promise.withResolvers<void>();
    resolve();
  }
}

/** Whether an expected failure is the disk's: then it says nothing about a task or a change. */
export function isOfTheDisk(
  { disk, layout }: { disk: DiskWatch; layout: { home: string } },
  error: unknown,
): boolean {
  return diskFaultOf(error, layout.home) !== null || disk.trouble() !== null;
}
