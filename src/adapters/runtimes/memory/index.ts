import { AoError } from '../../../domain/errors.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import type { Redactor } from '../../../lib/redact.ts';
import type { Delivery, Liveness, Place, Runtime, StartSpec } from '../../../ports/runtime.ts';

/** What a program in memory is given in place of a process's surroundings. */
export interface MemoryProcess {
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Empty where it is open. */
  input: string;
  /** What is written while it runs, one text each; ends with the session, or at once where the input is not open. */
  written: AsyncIterable<string>;
  print(output: string | Uint8Array): void;
  /** Appends to the session's events, as a hook does. */
  tell(event: string): void;
  /** Aborted by the polite part of `stop`; a program that ignores it is cut off after the grace. */
  signal: AbortSignal;
}

/** Resolves with its exit status. To throw is to crash; to throw after the signal is to have been ended by it. */
export type MemoryProgram = (process: MemoryProcess) => Promise<number>;

interface Held {
  liveness: Liveness;
  output: Uint8Array[];
  events: Uint8Array[];
  /** What was written to it; null where its input is not open. */
  written: string[] | null;
  inputEnded: boolean;
  keptFrom: number;
  politeEnd: AbortController;
  /** Resolves, and is replaced, at each output and at the end. */
  changed: PromiseWithResolvers<void>;
}

/** Agents as asynchronous functions, by the name that stands first in `argv`. They end with this process. */
export function memoryRuntime(programs: Readonly<Record<string, MemoryProgram>>): Runtime {
  const sessions = new Map<string, Held>();
  const handles = new Map<string, RuntimeHandle>();
  let lastPid = 0;

  const held = (handle: RuntimeHandle): Held | undefined => sessions.get(handle.mark);
  const observe = async (handle: RuntimeHandle): Promise<Liveness> =>
    held(handle)?.liveness ?? { state: 'gone' };

  async function start(spec: StartSpec): Promise<RuntimeHandle> {
    const name = spec.argv[0] ?? '';
    const program = programs[name];
    if (!program)
      throw new AoError('failed', `${name} was not found.`, 'Give the runtime a program of that name.');
    lastPid += 1;
    const handle = handleOf(spec, lastPid);
    const session = newSession(spec);
    sessions.set(spec.mark, session);
    handles.set(spec.mark, handle);
    void play(program, spec, session);
    return handle;
  }

  async function wait(handle: RuntimeHandle, signal: AbortSignal): Promise<Liveness> {
    for (;;) {
      signal.throwIfAborted();
      const session = held(handle);
      if (session?.liveness.state !== 'running') return observe(handle);
      await changeOrAbort(session, signal);
    }
  }

  const follow: Runtime['follow'] = (handle, offset, signal) => {
    const session = held(handle);
    return followed(session, 'output', { from: Math.max(offset, session?.keptFrom ?? 0), signal });
  };
  const followEvents: Runtime['followEvents'] = (handle, signal) =>
    followed(held(handle), 'events', { from: 0, signal });

  async function stop(handle: RuntimeHandle, graceMs: number): Promise<void> {
    const session = held(handle);
    if (session?.liveness.state !== 'running') return;
    session.politeEnd.abort();
    await wait(handle, AbortSignal.timeout(graceMs)).catch(() =>
      end(session, { code: null, signal: 'SIGKILL' }),
    );
  }

  // Its programs are parts of this process: what one of them uses nobody can tell.
  const resources: Runtime['resources'] = async (of) => of.map(() => null);

  return {
    name: 'memory',
    start,
    find,
    observe,
    wait,
    follow,
    followEvents,
    resources,
    stop,
    ...filesOf(held),
  };
}

async function* followed(
  session: Held | undefined,
  what: 'output' | 'events',
  { from, signal }: { from: number; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  if (!session) return;
  let toSkip = from;
  for (let next = 0; !signal.aborted; ) {
    const chunk = session[what][next];
    if (chunk) {
      next += 1;
      const rest = chunk.subarray(Math.min(toSkip, chunk.length));
      toSkip -= chunk.length - rest.length;
      if (rest.length > 0) yield rest;
    } else if (session.liveness.state === 'running') await changeOrAbort(session, signal);
    else return;
  }
}

async function find({ dir, cwd, mark, input }: Place): Promise<RuntimeHandle> {
  const handle = { runtime: 'memory', pid: 0, startTime: '', dir, cwd, mark };
  return input === null ? { ...handle, takesInput: true } : handle;
}

function handleOf({ dir, mark, input }: StartSpec, pid: number): RuntimeHandle {
  const handle = { runtime: 'memory', pid, startTime: `memory:${pid}`, dir, mark };
  return input === null ? { ...handle, takesInput: true } : handle;
}

function newSession({ input }: StartSpec): Held {
  return {
    liveness: { state: 'running' },
    output: [],
    events: [],
    written: input === null ? [] : null,
    inputEnded: false,
    keptFrom: 0,
    politeEnd: new AbortController(),
    changed: Promise.withResolvers(),
  };
}

async function play(program: MemoryProgram, spec: StartSpec, session: Held): Promise<void> {
  const { signal } = session.politeEnd;
  const append = (to: Uint8Array[], bytes: string | Uint8Array): void => {
    if (session.liveness.state !== 'running') return; // it was cut off: nobody hears it any more
    to.push(Buffer.from(bytes));
    announce(session);
  };
  const print = (output: string | Uint8Array): void => append(session.output, output);
  const tell = (event: string): void => append(session.events, event);
  const { argv, cwd } = spec;
  const env = { ...spec.env, AO_MARK: spec.mark };
  const given = { argv, cwd, env, input: spec.input ?? '', written: writtenTo(session) };
  try {
    const code = await program({ ...given, print, tell, signal });
    end(session, { code, signal: null });
  } catch {
    end(session, signal.aborted ? { code: null, signal: 'SIGTERM' } : { code: 1, signal: null });
  }
}

function deliver(session: Held | undefined, text: string): Delivery {
  if (session?.liveness.state !== 'running' || session.written === null) {
    throw new AoError('conflict', 'Nobody reads the input of the program any more.');
  }
  session.written.push(text);
  announce(session);
  return { bytes: Buffer.byteLength(text), reaction: null };
}

function closeInput(session: Held | undefined): void {
  if (session === undefined) return;
  session.inputEnded = true;
  announce(session);
}

/** What a session of processes has files for. */
function filesOf(
  held: (handle: RuntimeHandle) => Held | undefined,
): Pick<
  Runtime,
  'write' | 'press' | 'terminalSize' | 'written' | 'endInput' | 'seal' | 'keptFrom' | 'forget'
> {
  return {
    write: async (handle, text) => deliver(held(handle), text),
    terminalSize: async () => null,
    press: async () => {
      throw new AoError('conflict', 'The agent has no terminal, and so no keys.');
    },
    written: async (handle) => (held(handle)?.written ?? []).join(''),
    endInput: async (handle) => closeInput(held(handle)),
    seal: async (handle, redactor) => mask(held(handle), redactor),
    keptFrom: async (handle) => held(handle)?.keptFrom ?? 0,
    forget: async (handle, before) => {
      const session = held(handle);
      if (session !== undefined) session.keptFrom = Math.max(session.keptFrom, before);
    },
  };
}

function mask(session: Held | undefined, redactor: Redactor): void {
  if (session === undefined) return;
  for (const what of ['output', 'events'] as const) {
    const whole = Buffer.concat(session[what]).toString('latin1');
    session[what] = [Buffer.from(redactor.mask(whole), 'latin1')];
  }
  if (session.written !== null) session.written = [redactor.mask(session.written.join(''))];
}

async function* writtenTo(session: Held): AsyncGenerator<string> {
  for (let next = 0; session.written !== null; ) {
    const text = session.written[next];
    if (text !== undefined) {
      next += 1;
      yield text;
    } else if (session.liveness.state === 'running' && !session.inputEnded) await session.changed.promise;
    else return;
  }
}

function end(session: Held, how: { code: number | null; signal: string | null }): void {
  if (session.liveness.state !== 'running') return;
  session.liveness = { state: 'exited', ...how };
  announce(session);
}

function announce(session: Held): void {
  const { resolve } = session.changed;
  session.changed = Promise.withResolvers();
  resolve();
}

async function changeOrAbort(session: Held, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const abort = (): void => aborted.resolve();
  signal.addEventListener('abort', abort);
  await Promise.race([session.changed.promise, aborted.promise]);
  signal.removeEventListener('abort', abort);
}
