import type { Scheduler } from './scheduler.ts';

/** What agents that talk remember of one conversation to the next, each by its name. */
export class Memories {
  readonly #scheduler: Scheduler;
  /** Where each was held last. */
  readonly #places = new Map<string, string>();
  readonly #gone = new Set<string>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** The conversation of an agent that starts in `place`, the one that it is to take up where it knows that; null: that is gone. */
  open(wanted: string | null, place: string): string | null {
    const { elements } = this.#scheduler;
    const name = wanted ?? `c${this.#places.size + 1}`;
    if (this.#gone.has(name)) this.#scheduler.violate(`${name} is gone, and taken up again`);
    if (wanted !== null) this.#checkPlace(wanted, place);
    if (wanted !== null && elements.forgets()) {
      this.#gone.add(name);
      return null;
    }
    this.#places.set(name, place);
    return name;
  }

  #checkPlace(name: string, place: string): void {
    const held = this.#places.get(name);
    if (held === undefined) this.#scheduler.violate(`nobody has ever held ${name}`);
    if (this.#scheduler.elements.takesUp === 'in_place' && held !== place)
      this.#scheduler.violate(`${name} was held in ${held} and is taken up in ${place}`);
  }
}
