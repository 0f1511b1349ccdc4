import type { Clock } from '../../src/ports/clock.ts';
import { type Elements, fullDisk } from './elements.ts';
import type { Random } from './random.ts';

/** One daemon from its start to its death. What is asked of the world by a dead one is never answered. */
export interface Life {
  number: number;
  dead: boolean;
  /** Questions to the world so far; the daemon dies at the one with the number `diesAt`. */
  calls: number;
  diesAt: number;
}

interface Job {
  at: number;
  /** Null: an event of the world, which goes on without a daemon. */
  life: Life | null;
  run(): void;
  /** What still happens in the world when the daemon dies while it waits for the answer. */
  effect: (() => unknown) | null;
}

/** Thrown when an invariant does not hold. */
export class Violation extends Error {}

/** So many answers at once without a step are a daemon that runs in circles, and would never let a step come. */
const circle = 100_000;

/** Time and order: everything that happens waits here, and the seed picks what happens next. */
export class Scheduler {
  readonly random: Random;
  readonly elements: Elements;
  readonly clock: Clock;
  readonly trace: string[] = [];
  now = 1_700_000_000_000;
  steps = 0;
  /** Of daemons. */
  deaths = 0;
  violation: Error | null = null;
  /** How often an answer of the store or of git waits its turn instead of coming at once. */
  readonly interleaving: number;
  /** How long git thinks about a question, at most. */
  readonly gitMs: number;
  onDeath: (life: Life) => void = () => {};
  readonly #began = this.now;
  readonly #jobs: Job[] = [];
  /** Answers that came at once since the last step. */
  #inARow = 0;

  constructor(random: Random, elements: Elements) {
    this.random = random;
    this.elements = elements;
    this.interleaving = random.pick([0, 0.02, 0.1, 0.3, 0.8]);
    this.gitMs = random.pick([0, 0, 0, 20]);
    this.clock = {
      now: () => this.now + elements.offset(this.elapsed),
      monotonic: () => this.now,
    };
  }

  get elapsed(): number {
    return this.now - this.#began;
  }

  /** Fails as writing fails while the disk is full. */
  write<T>(what: keyof typeof fullDisk, effect: () => T): T {
    if (this.elements.refuses(what, this.elapsed)) throw fullDisk[what]();
    return effect();
  }

  note(text: string): void {
    this.trace.push(`${String(this.elapsed).padStart(7)} ms  ${text}`);
  }

  /** Remembers the first broken invariant; the simulation ends with it. */
  violate(text: string): never {
    const violation = new Violation(text);
    this.violation ??= violation;
    this.note(`VIOLATION ${text}`);
    throw violation;
  }

  /** An event of the world. */
  after(delay: number, run: () => void): void {
    this.#jobs.push({ at: this.now + delay, life: null, run, effect: null });
  }

  /** A timer of a daemon, which ends with it; the result takes it back. */
  timer(life: Life, delay: number, run: () => void): () => void {
    if (life.dead) return () => {};
    const job: Job = { at: this.now + delay, life, run, effect: null };
    this.#jobs.push(job);
    return () => this.#drop(job);
  }

  /** A daemon asks the world for something, which takes effect and is answered later, or never. */
  call<T>(life: Life, effect: () => T, delay = 0, signal: AbortSignal | null = null): Promise<T> {
    if (this.#diesNow(life, effect)) return new Promise(() => {});
    if (delay === 0 && !this.random.chance(this.interleaving)) {
      this.#inARow += 1;
      if (this.#inARow > circle)
        this.violation ??= new Error('the daemon asks on and on, and nothing happens');
      if (this.#inARow > circle) return new Promise(() => {});
      return new Promise((resolve) => resolve(effect()));
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = (): void => {
      try {
        resolve(effect());
      } catch (error) {
        reject(error);
      }
    };
    const job: Job = { at: this.now + delay, life, run, effect };
    this.#jobs.push(job);
    signal?.addEventListener('abort', () => {
      if (this.#drop(job)) reject(signal.reason);
    });
    return promise;
  }

  /** Kill -9: some of what was asked for still happens, nothing is heard of it. */
  kill(life: Life): void {
    if (life.dead) return;
    life.dead = true;
    this.deaths += 1;
    for (const job of this.#jobs.filter((other) => other.life === life)) {
      this.#drop(job);
      if (job.effect !== null && this.random.chance(0.4)) quietly(job.effect);
    }
    this.note(`daemon ${life.number} dies`);
    this.onDeath(life);
  }

  /** Lets one thing happen; false when nothing is left that could. */
  async step(): Promise<boolean> {
    let ready = this.#jobs.filter(({ at }) => at <= this.now);
    if (ready.length === 0) {
      const next = this.#jobs.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
      if (next === Number.POSITIVE_INFINITY) return false;
      this.now = next;
      ready = this.#jobs.filter(({ at }) => at <= next);
    }
    const job = this.random.oneOf(ready);
    if (job === null) return false;
    this.#drop(job);
    this.now += 1;
    this.steps += 1;
    this.#inARow = 0;
    quietly(job.run); // a violation is remembered
    await new Promise<void>((resolve) => void setImmediate(resolve)); // whatever follows from it at once
    return true;
  }

  #diesNow(life: Life, effect: () => unknown): boolean {
    if (life.dead) return true;
    life.calls += 1;
    if (life.calls !== life.diesAt) return false;
    if (this.random.chance(0.5)) quietly(effect);
    this.kill(life);
    return true;
  }

  #drop(job: Job): boolean {
    const index = this.#jobs.indexOf(job);
    if (index >= 0) this.#jobs.splice(index, 1);
    return index >= 0;
  }
}

function quietly(effect: () => unknown): void {
  try {
    const done = effect();
    if (done instanceof Promise) done.catch(() => {}); // nobody is there any more to hear of it
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
