/** At most `limit` holders at once, served in the order in which they asked. */
export class Semaphore {
  readonly limit: number;
  #held = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#held >= this.limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#held++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#held--;
      else next(); // the place is handed on, not freed
    }
  }
}
