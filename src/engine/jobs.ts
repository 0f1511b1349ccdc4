export interface JobEvents {
  /** After every job, well or badly. */
  onEnd(): void;
  onDone(key: string): void;
  onError(key: string, error: unknown): Promise<void>;
}

/**
 * Work that is under way, by key. Steps are decided again and again; this is what keeps one wish from being carried out
 * twice. A job that ends (well or badly) wakes the orchestrator, which looks at the world afresh; one that failed keeps
 * its place until `onError` resolves, so that it is not tried again at once.
 */
export class Jobs {
  readonly #running = new Map<string, Promise<void>>();
  readonly #heard: JobEvents;

  constructor(heard: JobEvents) {
    this.#heard = heard;
  }

  /** Starts `work` unless a job of that key is under way. */
  ensure(key: string, work: () => Promise<void>): void {
    if (this.#running.has(key)) return;
    const job = Promise.resolve()
      .then(work)
      .then(
        () => this.#heard.onDone(key),
        (error: unknown) => this.#heard.onError(key, error),
      )
      .finally(() => {
        this.#running.delete(key);
        this.#heard.onEnd();
      });
    this.#running.set(key, job);
  }

  isUnderWay(key: string): boolean {
    return this.#running.has(key);
  }

  /** Resolves when no job is under way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }
}
