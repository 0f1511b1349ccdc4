/** What is seen of living things and need not survive: last lines, what is being tested. Derived again after a restart. */
export class Live {
  readonly #lines = new Map<string, string>();
  readonly #activities = new Map<string, string>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  line(session: string): string | null {
    return this.#lines.get(session) ?? null;
  }

  setLine(session: string, text: string): void {
    this.#lines.set(session, text);
    this.#changed();
  }

  /** `disk`: why the disk takes nothing; `run:<id>`: what the run is doing; `wait:<id>`: what it waits for; `trouble:<id>`: what went wrong; `queue:<id>`: what its merge queue is doing. */
  activity(of: string): string | null {
    return this.#activities.get(of) ?? null;
  }

  setActivity(of: string, text: string | null): void {
    if ((this.#activities.get(of) ?? null) === text) return;
    if (text === null) this.#activities.delete(of);
    else this.#activities.set(of, text);
    this.#changed();
  }
}
