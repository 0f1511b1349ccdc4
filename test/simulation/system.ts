import type { System } from './load-engine.ts';
import type { Life, Scheduler } from './scheduler.ts';
import type { Surroundings } from './world.ts';

/** What the engine finds in place of an operating system. */
export function makeSystem({ scheduler, machine }: Surroundings, life: () => Life): System {
  const ask = <T>(effect: () => T): Promise<T> => scheduler.call(life(), effect);
  const write = <T>(effect: () => T): Promise<T> => ask(() => scheduler.write('files', effect));
  const missing = (path: string): never => {
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  };
  const exists = (path: string): boolean =>
    path === '/repository' || machine.texts.has(path) || machine.directories.has(path);
  const look = (path: string): unknown =>
    exists(path) ? statusOf(machine.texts.get(path), scheduler.clock.now()) : missing(path);
  const files: System['files'] = {
    access: (path: string) => ask(() => void (exists(path) || missing(path))),
    lstat: (path: string) => ask(() => look(path)),
    stat: (path: string) => ask(() => look(path)),
    mkdir: () => write(() => undefined),
    mkdtemp: (prefix: string) => write(() => machine.freshName(prefix)),
    readdir: (path: string) =>
      ask(() => [
        ...new Set(
          [...machine.directories.keys()].flatMap((name) =>
            name.startsWith(`${path}/`) ? [name.slice(path.length + 1).split('/')[0]] : [],
          ),
        ),
      ]),
    realpath: (path: string) => ask(() => path),
    rename: () => ask(() => undefined),
    rmdir: () => ask(() => undefined),
    rm: (path: string) => ask(() => machine.remove(path)),
    writeFile: (path: string, text: string) => write(() => void machine.texts.set(path, text)),
  };
  return {
    files,
    endTree: ({ mark }) =>
      ask(() => {
        const process = machine.processes.get(mark);
        if (process) machine.end(process, { state: 'exited', code: null, signal: 'SIGTERM' });
        return [];
      }),
    delay: (ms, _value, { signal } = {}) =>
      new Promise((resolve, reject) => {
        const cancel = scheduler.timer(life(), ms, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          reject(signal.reason);
        });
      }),
    randomBytes: (size) => Buffer.from(scheduler.random.hex(size * 2), 'hex'),
    setInterval: (run, ms) => startInterval(scheduler, life(), run, ms),
    setTimeout: (run, ms) => {
      const timer = { unref: () => timer, stop: scheduler.timer(life(), ms, run) };
      return timer;
    },
    clearInterval: (timer) => (timer as { stop?: () => void } | undefined)?.stop?.(),
    anySignal,
    timeoutSignal: (ms) => {
      const controller = new AbortController();
      scheduler.timer(life(), ms, () => controller.abort(new Error('timed out, aborted')));
      return controller.signal;
    },
  };
}

/** Of a file, or of a directory where it has no text. */
function statusOf(text: string | undefined, mtimeMs: number): unknown {
  return { isDirectory: () => text === undefined, size: text?.length ?? 1, mtimeMs };
}

/** Node holds on to combined signals that are listened to; those of a world that is over have to go with it. */
function anySignal(all: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of all) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener('abort', () => controller.abort(signal.reason));
  }
  return controller.signal;
}

function startInterval(scheduler: Scheduler, life: Life, run: () => void, ms: number) {
  let cancel = (): void => {};
  const again = (): void => {
    cancel = scheduler.timer(life, ms, () => {
      again();
      run();
    });
  };
  again();
  const timer = { unref: () => timer, stop: () => cancel() };
  return timer;
}
