import type { Run } from '../domain/run.ts';
import type { World } from './context.ts';
import type { DiskWatch } from './disk-watch.ts';
import type { Live } from './live.ts';
import { contextOf } from './open-run.ts';
import { RunLoop } from './run-loop.ts';

/** The loops of all runs that have not finished, one each. */
export class RunLoops {
  readonly #loops = new Map<string, RunLoop>();
  readonly #opening = new Map<string, Promise<RunLoop>>();
  readonly #world: World;
  readonly #seen: { live: Live; disk: DiskWatch };

  constructor(world: World, seen: { live: Live; disk: DiskWatch }) {
    this.#world = world;
    this.#seen = seen;
  }

  /** Starts the loop of a run, or wakes the one that it has; one that is ending is waited for. */
  async start(run: Run): Promise<RunLoop> {
    const known = this.#loops.get(run.id);
    if (known?.ending) await known.finished;
    else known?.wake();
    if (known !== undefined && !known.ending) return known;
    const opening = this.#opening.get(run.id) ?? this.#open(run).finally(() => this.#opening.delete(run.id));
    this.#opening.set(run.id, opening);
    return opening;
  }

  async #open(run: Run): Promise<RunLoop> {
    const world = this.#world;
    const hub = await world.openHub(world.layout.hub(run.project), run.path);
    const target = await world.openTarget(run.path, hub);
    const work = new AbortController();
    const context = contextOf(world, {
      id: run.id,
      project: run.project,
      path: run.path,
      branch: run.branch,
      hub,
      target,
      request: run,
      ...this.#seen,
      signal: work.signal,
    });
    const loop = new RunLoop(context, work);
    this.#loops.set(run.id, loop);
    void this.#forgetWhenFinished(run.id, loop);
    loop.wake();
    return loop;
  }

  async #forgetWhenFinished(run: string, loop: RunLoop): Promise<void> {
    await loop.finished;
    if (this.#loops.get(run) === loop) this.#loops.delete(run);
  }

  /** Does something while no landing of that run begins, if it goes on here at all. */
  async alone<T>(run: string, work: () => Promise<T>): Promise<T> {
    const lock = this.#loops.get(run)?.context.rowLock;
    return lock === undefined ? work() : lock.use(work);
  }

  wakeAll(): void {
    for (const loop of this.#loops.values()) loop.wake();
  }

  async letGo(): Promise<void> {
    await Promise.all([...this.#loops.values()].map((loop) => loop.letGo()));
  }
}
