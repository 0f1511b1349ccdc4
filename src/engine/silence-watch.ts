import { stuckAfterOf } from '../domain/run.ts';
import type { Session } from '../domain/task.ts';
import type { RunContext } from './context.ts';
import { sessionStatus } from './session-status.ts';

/**
 * Tells of an agent that has said nothing for long: by an event, once for each silence, and by what people see. Whether the
 * agent is ended is not decided here.
 */
export class SilenceWatch {
  readonly #context: RunContext;
  readonly #session: Session;
  readonly #afterMs: number;
  /** By the clock that never jumps. */
  #heardAt: number;
  #told = false;
  #timer: NodeJS.Timeout | undefined;

  /** `silentMs`: how long it has been silent already, under the daemon before. */
  constructor(context: RunContext, session: Session, silentMs: number) {
    this.#context = context;
    this.#session = session;
    this.#afterMs = stuckAfterOf(context.options);
    this.#heardAt = context.clock.monotonic() - Math.max(0, silentMs);
    this.#look();
  }

  heard(): void {
    this.#heardAt = this.#context.clock.monotonic();
    if (!this.#told) return;
    this.#told = false;
    this.#context.live.setStuck(this.#session.id, null);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#context.live.setStuck(this.#session.id, null);
  }

  #look(): void {
    const left = this.#afterMs - (this.#context.clock.monotonic() - this.#heardAt);
    if (left <= 0 && !this.#told) this.#tell();
    const next = left > 0 ? left : this.#afterMs; // not told: it asks somebody, or waits for its model
    this.#timer = setTimeout(() => this.#look(), Math.ceil(next)).unref();
  }

  #tell(): void {
    const { live, store, log } = this.#context;
    const { id, run, task } = this.#session;
    const { state, because } = sessionStatus(this.#context, live, {
      session: this.#session,
      stuckAfterMs: this.#afterMs,
    });
    if (state !== 'stuck') return;
    this.#told = true;
    live.setStuck(id, because);
    const event = { run, task, session: id, type: 'session.stuck', body: { reason: because } };
    store.commit([], [event]).catch((error: unknown) => log('stuck.untold', { session: id, error }));
  }
}
