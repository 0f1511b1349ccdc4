import { AoError } from '../../src/domain/errors.ts';
import type { RuntimeHandle } from '../../src/domain/task.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Liveness, Runtime, StartSpec } from '../../src/ports/runtime.ts';
import { type Plan, planOf } from './agents.ts';
import type { Life, Scheduler } from './scheduler.ts';

/** A directory with a tree in it: a workspace or a checkout. */
export interface Directory {
  files: Map<string, string>;
  /** Commit that a workspace started from. */
  start: string | null;
  /** What of it is safe in the hub, as it was then. */
  saved: string | null;
}

interface Waiter {
  life: Life;
  resolve(liveness: Liveness): void;
}

export interface Process {
  mark: string;
  workspace: string;
  liveness: Liveness;
  output: string;
  waiters: Set<Waiter>;
}

/** Disk and processes of a simulated machine. Both outlive the daemon; processes do not outlive the machine. */
export class Machine {
  readonly directories = new Map<string, Directory>();
  readonly texts = new Map<string, string>();
  readonly processes = new Map<string, Process>();
  readonly #scheduler: Scheduler;
  #names = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  freshName(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  contents(path: string): string {
    return JSON.stringify([...(this.directories.get(path)?.files ?? [])].toSorted());
  }

  remove(path: string): void {
    for (const known of [this.directories, this.texts]) {
      for (const name of known.keys()) if (name === path || name.startsWith(`${path}/`)) known.delete(name);
    }
  }

  living(): Process[] {
    return [...this.processes.values()].filter(({ liveness }) => liveness.state === 'running');
  }

  /** The power fails: what ran is gone without a status. */
  reboot(): void {
    for (const process of this.living()) this.end(process, { state: 'gone' });
  }

  start(spec: StartSpec): RuntimeHandle {
    const pid = this.processes.size + 1;
    if (this.processes.has(spec.mark)) this.#scheduler.violate(`an agent is started twice: ${spec.mark}`);
    const process: Process = {
      mark: spec.mark,
      workspace: spec.cwd,
      liveness: { state: 'running' },
      output: '',
      waiters: new Set(),
    };
    this.processes.set(spec.mark, process);
    this.texts.set(`${spec.dir}/output.log`, '');
    const findings: Finding[] = JSON.parse(this.texts.get(spec.env['AO_FINDINGS_FILE'] ?? '') ?? '[]');
    const plan = planOf(this.#scheduler.random, findings);
    this.#scheduler.note(`agent ${spec.mark.split(':').at(-1)} starts; it ${plan.name}`);
    this.#play(process, plan, 0);
    return { runtime: 'simulated', pid, startTime: `boot:${pid}`, dir: spec.dir, mark: spec.mark };
  }

  end(process: Process, how: Liveness): void {
    if (process.liveness.state !== 'running') return;
    process.liveness = how;
    this.#scheduler.note(
      `agent ${process.mark.split(':').at(-1)} ends: ${how.state === 'exited' ? (how.code ?? how.signal) : how.state}`,
    );
    for (const waiter of process.waiters) {
      this.#scheduler.timer(waiter.life, 0, () => waiter.resolve(how));
    }
    process.waiters.clear();
  }

  #play(process: Process, plan: Plan, next: number): void {
    const { random } = this.#scheduler;
    const pause = random.pick([10, 500, 5_000]) + random.between(0, 1_000);
    this.#scheduler.after(pause, () => {
      if (process.liveness.state !== 'running') return;
      const edit = plan.edits[next];
      if (edit !== undefined) {
        const directory = this.directories.get(process.workspace);
        if (directory === undefined)
          this.#scheduler.violate(`the workspace of a living agent is gone: ${process.workspace}`);
        edit(directory.files);
        return this.#play(process, plan, next + 1);
      }
      process.output += plan.says;
      if (plan.exitCode !== null) this.end(process, { state: 'exited', code: plan.exitCode, signal: null });
    });
  }
}

/** The runtime as one daemon sees it. */
export function makeRuntime(scheduler: Scheduler, machine: Machine, life: Life): Runtime {
  const find = (handle: RuntimeHandle): Process | undefined => machine.processes.get(handle.mark);
  const wait = (handle: RuntimeHandle, signal: AbortSignal): Promise<Liveness> => {
    const process = find(handle);
    if (life.dead) return new Promise(() => {});
    if (signal.aborted) return Promise.reject(signal.reason);
    if (process === undefined) return Promise.resolve({ state: 'gone' });
    if (process.liveness.state !== 'running') return scheduler.call(life, () => process.liveness);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { life, resolve };
      process.waiters.add(waiter);
      signal.addEventListener('abort', () => {
        process.waiters.delete(waiter);
        reject(signal.reason);
      });
    });
  };
  return {
    name: 'simulated',
    start: (spec) =>
      scheduler.call(
        life,
        () => {
          if (scheduler.random.chance(0.02)) throw new AoError('failed', 'the program was not found');
          return machine.start(spec);
        },
        scheduler.random.between(0, 50),
      ),
    find: ({ dir, mark }) =>
      scheduler.call(life, () => ({ runtime: 'simulated', pid: 0, startTime: '', dir, mark })),
    observe: (handle) => scheduler.call(life, (): Liveness => find(handle)?.liveness ?? { state: 'gone' }),
    wait,
    written: () => Promise.resolve(''),
    seal: () => Promise.resolve(),
    keptFrom: () => Promise.resolve(0),
    forget: () => Promise.resolve(),
    endInput: () => Promise.resolve(),
    write: () => Promise.reject(new AoError('conflict', 'simulated agents read nothing')),
    async *follow(handle, offset, signal) {
      const ended = await wait(handle, signal).catch(() => null);
      if (ended !== null) yield Buffer.from(find(handle)?.output ?? '').subarray(offset);
    },
    stop: (handle, graceMs) =>
      scheduler.call(
        life,
        () => {
          const process = find(handle);
          if (process) machine.end(process, { state: 'exited', code: null, signal: 'SIGTERM' });
        },
        find(handle)?.liveness.state === 'running' ? scheduler.random.between(0, graceMs) : 0,
      ),
  };
}
