/** Wakes one waiter. A ring that nobody waited for wakes the next one at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;
  #signal: AbortSignal | null = null;
  readonly #end = (): void => this.#wake?.();

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the first ring since the last call, after `timeoutMs`, or on abort; true where it rang. */
  async next(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    this.#listenTo(signal);
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, timeoutMs);
      await promise;
      clearTimeout(timer);
      this.#wake = null;
    }
    const rang = this.#rung;
    this.#rung = false;
    return rang;
  }

  /** Lets go of the signal. */
  close(): void {
    this.#listenTo(null);
  }

  /** Once for all the times that it is waited for: sessions wait all the time, and listening is what costs. */
  #listenTo(signal: AbortSignal | null): void {
    if (signal === this.#signal) return;
    this.#signal?.removeEventListener('abort', this.#end);
    signal?.addEventListener('abort', this.#end);
    this.#signal = signal;
  }
}
