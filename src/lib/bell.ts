/** Wakes one waiter. A ring that nobody waited for wakes the next one at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the first ring since the last call, after `timeoutMs`, or on abort; true where it rang. */
  async next(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, timeoutMs);
      const abort = (): void => resolve();
      signal.addEventListener('abort', abort);
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.#wake = null;
    }
    const rang = this.#rung;
    this.#rung = false;
    return rang;
  }
}
