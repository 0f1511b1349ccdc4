import { setTimeout as delay } from 'node:timers/promises';
import { DiskBlocked, diskFaultOf, isProvenDiskFault } from '../lib/disk-fault.ts';
import { abandonAttempt } from './abandon-attempt.ts';
import { Announcements } from './announcements.ts';
import type { RunContext } from './context.ts';
import { endRunEarly, finishAnyway } from './end-run-early.ts';
import { Jobs } from './jobs.ts';
import { type Desk, tick } from './orchestrator.ts';

/** The net under the events: everything is looked at again after this time, whether anything was heard or not. */
const NET_MS = 10_000;
const MAX_FAILURES = 3;
/** Behind a failure; twice as long behind each further one. */
const FIRST_PAUSE_MS = 400;

/**
 * The rhythm of one run: a tick whenever something woke it, never two at once, until the run has finished or the daemon
 * lets go. Stopping is idempotent and waits for what is under way.
 */
export class RunLoop {
  readonly context: RunContext;
  /** Resolves when the run has finished. */
  readonly finished: Promise<void>;
  readonly #desk: Desk;
  readonly #letGo: AbortController;
  readonly #work: AbortController;
  readonly #failures = new Map<string, number>();
  /** Jobs that a disk stopped which says that it is well: what releases them. */
  readonly #held = new Map<string, () => void>();
  /** Jobs that failed on a disk which was well again when it was asked: once each, until they are done. */
  readonly #excused = new Set<string>();
  readonly #finish: () => void;
  #ticking: Promise<void> | null = null;
  #again = false;
  readonly #net: NodeJS.Timeout;
  readonly #firstPauseMs: number;

  /** `work` is what `context.signal` belongs to: checks and setups in progress end with it. */
  constructor(context: RunContext, work: AbortController, firstPauseMs = FIRST_PAUSE_MS) {
    this.context = context;
    this.#firstPauseMs = firstPauseMs;
    this.#work = work;
    this.#letGo = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#finish = resolve;
    const jobs = new Jobs({
      onEnd: () => this.wake(),
      onDone: (key) => this.#onDone(key),
      onError: (key, error) => this.#onError(key, error),
    });
    this.#desk = { jobs, letGo: this.#letGo.signal, stops: new Map(), joined: new Announcements() };
    this.#net = setInterval(() => this.wake(), NET_MS).unref();
  }

  /** True once the run has finished; the loop lets its last jobs end and does nothing more. */
  get ending(): boolean {
    return this.#letGo.signal.aborted;
  }

  wake(): void {
    if (this.#letGo.signal.aborted) return;
    this.#again = true;
    this.#ticking ??= this.#tickUntilQuiet().finally(() => {
      this.#ticking = null;
      if (this.#again) this.wake(); // heard while this one was ending
    });
  }

  /** Checks in progress are given up; agents and their attempts are not touched by this. */
  abortWork(): void {
    this.#work.abort();
  }

  /** Lets go of everything: agents go on by themselves. Resolves when nothing of this loop runs any more. */
  async letGo(): Promise<void> {
    clearInterval(this.#net);
    this.#letGo.abort();
    this.#work.abort();
    await this.#ticking;
    await this.#desk.jobs.idle();
  }

  async #tickUntilQuiet(): Promise<void> {
    while (this.#again && !this.#letGo.signal.aborted) {
      this.#again = false;
      try {
        const run = await this.context.store.get('run', this.context.run);
        if (run === null || run.state === 'finished') return this.#end();
        if (await tick(this.context, this.#desk)) this.#again = true;
        this.#releaseUnwanted();
        this.#onDone('tick');
      } catch (error) {
        await this.#onError('tick', error);
        this.#again = true;
      }
    }
  }

  /** The run has finished; so has this loop when nothing that it started is under way any more. */
  #end(): void {
    clearInterval(this.#net);
    this.#letGo.abort();
    for (const what of ['trouble', 'wait'])
      this.context.live.setActivity(`${what}:${this.context.run}`, null);
    void this.#desk.jobs.idle().then(this.#finish);
  }

  #onDone(key: string): void {
    this.#release(key);
    this.#excused.delete(key);
    if (this.#failures.delete(key) && this.#failures.size === 0) {
      this.context.live.setActivity(`trouble:${this.context.run}`, null);
    }
  }

  /**
   * Expected failures are values; what arrives here is the disk, a bug or a broken repository. The disk is waited for, and
   * counts for nothing; with the others: try again, then say so.
   */
  async #onError(key: string, error: unknown): Promise<void> {
    if (this.#letGo.signal.aborted) return;
    const trouble = this.context.disk.trouble();
    if (trouble === null && error instanceof DiskBlocked) return; // over already
    if (trouble !== null || isProvenDiskFault(error, this.context.layout.home))
      return this.#waitForDisk(key, trouble, error);
    if (this.#isOverAlready(key, error)) return;
    const count = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, count);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.context.log('job.failed', { run: this.context.run, job: key, count, error: text });
    const message = this.context.redactor.text(error instanceof Error ? error.message : String(error));
    this.context.live.setActivity(`trouble:${this.context.run}`, `trouble, trying again: ${message}`);
    if (count >= MAX_FAILURES) {
      await this.#giveUp(key, message, count).catch((again: unknown) => {
        this.context.log('job.stuck', { run: this.context.run, job: key, error: String(again) });
      });
    }
    const wait = Math.min(this.#firstPauseMs * 2 ** (count - 1), NET_MS);
    await delay(wait, undefined, { signal: this.#letGo.signal, ref: false }).catch(() => {});
  }

  /** What git says of a disk proves nothing, as an agent's words may do: it is believed once, and not again and again. */
  #isOverAlready(key: string, error: unknown): boolean {
    if (this.#excused.has(key) || diskFaultOf(error, this.context.layout.home) === null) return false;
    this.#excused.add(key);
    this.context.log('job.again', { run: this.context.run, job: key, error: String(error) });
    return true;
  }

  /** The disk may say that it is well, and only this one place of it not be. */
  async #waitForDisk(key: string, trouble: string | null, error: unknown): Promise<void> {
    this.context.log('job.waits', { run: this.context.run, job: key, trouble, error: String(error) });
    if (trouble === null && !this.#held.has(key)) this.#held.set(key, this.context.disk.hold(error));
    await this.context.disk.over(this.#letGo.signal);
  }

  /** What is not tried again after all holds up nothing. */
  #releaseUnwanted(): void {
    for (const key of this.#held.keys()) if (!this.#desk.jobs.isUnderWay(key)) this.#release(key);
  }

  #release(key: string): void {
    this.#held.get(key)?.();
    this.#held.delete(key);
  }

  /** What fails on while the run is being stopped for it would keep that from its end. */
  async #giveUp(key: string, message: string, count: number): Promise<void> {
    const [, kind, id] = key.split(':');
    if (kind === 'attempt' && id !== undefined) return abandonAttempt(this.context, id, message);
    if (kind === 'finish' || count >= 2 * MAX_FAILURES) return finishAnyway(this.context, message);
    return endRunEarly(this.context, 'failed', message);
  }
}
