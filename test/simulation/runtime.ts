import { AoError } from '../../src/domain/errors.ts';
import type { RuntimeHandle } from '../../src/domain/task.ts';
import type { Liveness, Runtime } from '../../src/ports/runtime.ts';
import type { Machine, Process } from './machine.ts';
import type { Life, Scheduler } from './scheduler.ts';

/** The runtime as one daemon sees it. */
export function makeRuntime(scheduler: Scheduler, machine: Machine, life: Life): Runtime {
  const { random } = scheduler;
  const find = (handle: RuntimeHandle): Process | undefined => machine.processes.get(handle.mark);
  return {
    name: 'simulated',
    start: (spec) =>
      scheduler.call(
        life,
        () => {
          if (random.chance(0.02)) throw new AoError('failed', 'the program was not found');
          return machine.start(spec);
        },
        random.between(0, 50),
      ),
    find: ({ dir, mark }) =>
      scheduler.call(life, () => ({ runtime: 'simulated', pid: 0, startTime: '', dir, mark })),
    observe: (handle) => scheduler.call(life, (): Liveness => find(handle)?.liveness ?? { state: 'gone' }),
    wait: async (handle, signal) => {
      for (;;) {
        const liveness = await scheduler.call(life, () => find(handle)?.liveness);
        if (liveness === undefined) return { state: 'gone' };
        if (liveness.state !== 'running') return liveness;
        await change(find(handle), life, signal);
        signal.throwIfAborted();
      }
    },
    written: (handle) => scheduler.call(life, () => find(handle)?.conversation?.input ?? ''),
    terminalSize: async () => null,
    press: () => Promise.reject(new AoError('conflict', 'there are no keys here')),
    async *followEvents() {},
    seal: () => scheduler.call(life, () => {}),
    keptFrom: () => scheduler.call(life, () => 0),
    forget: () => Promise.reject(new AoError('failed', 'nothing is forgotten here')),
    endInput: (handle) => scheduler.call(life, () => find(handle)?.conversation?.end()),
    write: async (handle, text) => {
      const passOn = (): void => machine.write(find(handle), text, life.dead);
      await scheduler.call(life, passOn, random.between(0, 20));
      return { bytes: text.length, reaction: null };
    },
    async *follow(handle, offset, signal) {
      const process = find(handle);
      if (process === undefined) return;
      for (let at = offset; ; ) {
        const { output, liveness } = await scheduler.call(life, () => ({ ...process }));
        if (signal.aborted || (at >= output.length && liveness.state !== 'running')) return;
        const end = random.chance(0.2) ? random.between(at, output.length) : output.length;
        if (at < end) yield Buffer.from(output.slice(at, end));
        else if (at >= process.output.length) await change(process, life, signal);
        at = end;
      }
    },
    resources: (handles) => scheduler.call(life, () => handles.map(() => null)),
    stop: (handle, graceMs) =>
      scheduler.call(
        life,
        () => {
          const process = find(handle);
          if (process) machine.end(process, { state: 'exited', code: null, signal: 'SIGTERM' });
        },
        find(handle)?.liveness.state === 'running' ? random.between(0, graceMs) : 0,
      ),
  };
}

/** The next output or the end of a process that runs, or the signal. */
function change(process: Process | undefined, life: Life, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted || process?.liveness.state !== 'running') return Promise.resolve();
  process.waiters.add({ life, resolve });
  signal.addEventListener('abort', () => resolve());
  return promise;
}
