import { AoError } from '../domain/errors.ts';
import type { RuntimeHandle } from '../domain/task.ts';
import type { RunContext } from './context.ts';

type Context = Pick<RunContext, 'mostOutputBytes' | 'run' | 'log' | 'findRuntime'>;

/**
 * Keeps the output of a living agent below the limit: its oldest part goes. Not of an agent that talks: what is known of that one
 * follows from all that it said.
 */
export class OutputCap {
  readonly #context: Context;
  readonly #handle: RuntimeHandle;
  #begin: number;
  #given = true;

  constructor(context: Context, handle: RuntimeHandle, begin: number) {
    this.#context = context;
    this.#handle = handle;
    this.#begin = begin;
  }

  /** To be called with how far its output was read; a quarter more than the limit goes at once. */
  async keepBelow(read: number): Promise<void> {
    const most = this.#context.mostOutputBytes;
    if (!this.#given || read - this.#begin <= most * 1.25) return;
    const runtime = this.#context.findRuntime(this.#handle.runtime);
    try {
      await runtime.forget(this.#handle, read - most);
      this.#begin = await runtime.keptFrom(this.#handle);
    } catch (error) {
      this.#given = !(error instanceof AoError); // another one is the disk's: tried again a while later
      this.#begin = read - most;
      this.#context.log('output.uncapped', { run: this.#context.run, error });
    }
  }
}
