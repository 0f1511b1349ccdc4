import type { TreeResult } from '../domain/check-result.ts';
import type { Problem } from '../domain/evidence.ts';
import { type BatchOutcome, batchKey } from '../domain/merge-queue.ts';
import type { Landing } from '../domain/task.ts';
import { confirmAgainst, type Question, suspectAgainst } from './check-against.ts';
import type { FirstLook } from './check-tree.ts';
import type { RunContext } from './context.ts';
import { type Stack, stackChanges } from './stack-changes.ts';

interface Test {
  landings: Set<string>;
  abort: AbortController;
  ended: Promise<void>;
}

/** Tests of batches on one head, and what they showed. Forgotten as a whole when the head moves. */
export class Trials {
  readonly head: string;
  readonly outcomes = new Map<string, BatchOutcome>();
  readonly #context: RunContext;
  readonly #base: TreeResult;
  readonly #problems = new Map<string, Problem[]>();
  readonly #stacks = new Map<string, Stack>();
  /** What was asked, and what was seen in the first run, of suspects. */
  readonly #suspicions = new Map<string, { question: Question; look: FirstLook }>();
  readonly #tests = new Map<string, Test>();
  /** Set by a test that could not be made; thrown to whoever waits next. */
  #failure: { error: unknown } | null = null;

  /** `base`: the checks of `head`. */
  constructor(context: RunContext, head: string, base: TreeResult) {
    this.#context = context;
    this.head = head;
    this.#base = base;
  }

  /** Keys of the batches that are being tested. */
  get testing(): ReadonlySet<string> {
    return new Set(this.#tests.keys());
  }

  problems(ids: readonly string[]): Problem[] {
    return this.#problems.get(batchKey(ids)) ?? [];
  }

  stack(ids: readonly string[]): Stack {
    const stack = this.#stacks.get(batchKey(ids));
    if (stack === undefined) throw new Error('a batch is to land that was not tested');
    return stack;
  }

  start(batch: readonly Landing[]): void {
    this.#begin(batch, (key, signal) => this.#test(key, batch, signal));
  }

  /** Runs again what failed in a suspect; its outcome is no suspicion then. */
  confirm(batch: readonly Landing[]): void {
    this.#begin(batch, (key, signal) => this.#confirm(key, signal));
  }

  #begin(batch: readonly Landing[], work: (key: string, signal: AbortSignal) => Promise<void>): void {
    const key = batchKey(batch.map(({ id }) => id));
    const abort = new AbortController();
    const signal = AbortSignal.any([this.#context.signal, abort.signal]);
    const ended = work(key, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#failure = { error };
      })
      .finally(() => this.#tests.delete(key));
    this.#tests.set(key, { landings: new Set(batch.map(({ id }) => id)), abort, ended });
  }

  /** Resolves when one of the tests under way has ended, or with `news`. */
  async firstEnd(news: Promise<void>): Promise<void> {
    await Promise.race([news, ...[...this.#tests.values()].map(({ ended }) => ended)]);
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Gives up tests that have this landing in them: they answer a question that nobody asks any more. */
  drop(landing: string): void {
    for (const test of this.#tests.values()) if (test.landings.has(landing)) test.abort.abort();
  }

  /** Gives all tests up; resolves when none is under way. */
  async end(): Promise<void> {
    const tests = [...this.#tests.values()];
    for (const test of tests) test.abort.abort();
    await Promise.all(tests.map(({ ended }) => ended));
  }

  async #test(key: string, batch: readonly Landing[], signal: AbortSignal): Promise<void> {
    const context = this.#context;
    const stack = await stackChanges(context, this.head, batch);
    if ('problem' in stack) {
      const clash = batchKey(batch.slice(0, stack.index + 1).map(({ id }) => id));
      this.#problems.set(clash, [stack.problem]);
      this.outcomes.set(clash, 'conflict');
      return;
    }
    const tasks = await Promise.all(batch.map((landing) => context.store.get('task', landing.task)));
    const titles = tasks.map((task) => task?.title ?? '?');
    context.live.setActivity(`queue:${context.run}`, `testing ${titles.join(' + ')}`);
    const targets = tasks.flatMap((task) => task?.findings ?? []);
    const question = { base: this.#base, commit: stack.tip, targets };
    const { problems, look } = await suspectAgainst({ ...context, signal }, question);
    this.#stacks.set(key, stack);
    if (look === null) return this.#settle(key, problems);
    this.#suspicions.set(key, { question, look });
    this.outcomes.set(key, 'suspect');
  }

  async #confirm(key: string, signal: AbortSignal): Promise<void> {
    const suspicion = this.#suspicions.get(key);
    if (suspicion === undefined) throw new Error('a batch is to be confirmed that is no suspect');
    const { question, look } = suspicion;
    const problems = await confirmAgainst({ ...this.#context, signal }, question, look);
    this.#settle(key, problems);
  }

  #settle(key: string, problems: Problem[]): void {
    this.#problems.set(key, problems);
    this.outcomes.set(key, problems.length === 0 ? 'passed' : 'failed');
  }
}
