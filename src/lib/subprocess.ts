import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { CappedOutput } from './capped-output.ts';
import { outputChannels, readStartTime } from './process-table.ts';
import { endTree } from './process-tree.ts';

export interface ProgramSpec {
  argv: readonly string[];
  cwd: string;
  /** The whole environment; `AO_MARK` is added. */
  env: Readonly<Record<string, string>>;
  /** Written to standard input, then end-of-file; without it standard input is empty. */
  input?: string;
  timeoutMs?: number;
  /** Of each of stdout, stderr and both together; the first and the last half are kept. */
  maxBytes: number;
  signal?: AbortSignal;
  /** Nothing else that runs at the same time may carry it, or it is ended too. Default: a new one. */
  mark?: string;
  /** Private directories of this program: orphans that work in them when it ends are ended with it. */
  directories?: readonly string[];
  /** Directories of this program that a person may work in too; see `TreeQuery`. */
  places?: readonly string[];
  /** From SIGTERM to SIGKILL on timeout and abort. Default 2 s. */
  graceMs?: number;
}

export interface ProgramResult {
  /** null when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  timedOut: boolean;
  aborted: boolean;
  stdout: string;
  stderr: string;
  /** Both, in the order of arrival. */
  combined: string;
  truncated: boolean;
  durationMs: number;
}

/** What lives on although the tree was ended may keep the pipes open for so long; then we stop listening. */
const pipesMs = 500;

/**
 * Runs a program in a session of its own to its end, or to its timeout or abort, and ends everything that it started.
 * Rejects only when it cannot be started (with the system's error: ENOENT, EACCES, E2BIG).
 */
export async function runProgram(spec: ProgramSpec): Promise<ProgramResult> {
  const started = performance.now();
  const mark = spec.mark ?? `program-${randomUUID()}`;
  const { child, channels } = await startProgram(spec, mark);
  const output = collect(child, spec.maxBytes);
  const exited = endOf(child);
  const pid = child.pid ?? 0;
  // A program that has ended already shows no start; ours is before it, which is enough to know what came since.
  const startTime = (await readStartTime(pid)) ?? (await readStartTime(process.pid)) ?? '';
  const paths = [...channels, ...(await Promise.all((spec.directories ?? []).map(realPath)))];
  const places = await Promise.all((spec.places ?? []).map(realPath));

  const why = await firstOf(exited, spec);
  const graceMs = spec.graceMs ?? 2000;
  await endTree({
    mark,
    pid,
    startTime,
    paths,
    places,
    graceMs: why === 'exited' ? Math.min(graceMs, 500) : graceMs,
  });
  await Promise.race([output.closed, delay(pipesMs, undefined, { ref: false })]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  const { code, signal } = await exited;
  return {
    exitCode: code,
    signal,
    timedOut: why === 'timeout',
    aborted: why === 'abort',
    ...output.read(),
    durationMs: performance.now() - started,
  };
}

async function startProgram(
  spec: ProgramSpec,
  mark: string,
): Promise<{ child: ChildProcess; channels: string[] }> {
  const [program = '', ...args] = spec.argv;
  const child = spawn(program, args, {
    cwd: spec.cwd,
    env: { ...spec.env, AO_MARK: mark },
    detached: true,
    stdio: [spec.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // At once, before anything else happens here: a short program has none to show a moment later.
  const channels = outputChannels(child.pid ?? 0);
  await once(child, 'spawn');
  child.stdin?.on('error', () => {}); // a program need not read its input
  child.stdin?.end(spec.input);
  return { child, channels };
}

// What the system tells of a process are real paths.
function realPath(directory: string): Promise<string> {
  return realpath(directory).catch(() => directory);
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function collect(child: ChildProcess, maxBytes: number) {
  const stdout = new CappedOutput(maxBytes);
  const stderr = new CappedOutput(maxBytes);
  const combined = new CappedOutput(maxBytes);
  const listen = (stream: NodeJS.ReadableStream | null, own: CappedOutput): void => {
    stream?.on('data', (chunk: Buffer) => {
      own.add(chunk);
      combined.add(chunk);
    });
    stream?.on('error', () => {});
  };
  listen(child.stdout, stdout);
  listen(child.stderr, stderr);
  return {
    closed: once(child, 'close'),
    read: () => ({
      stdout: stdout.toString(),
      stderr: stderr.toString(),
      combined: combined.toString(),
      truncated: combined.truncated,
    }),
  };
}

async function firstOf(exited: Promise<unknown>, spec: ProgramSpec): Promise<'exited' | 'timeout' | 'abort'> {
  if (spec.signal?.aborted) return 'abort';
  const cleanUp = new AbortController();
  const { signal } = cleanUp;
  const waits: Promise<'exited' | 'timeout' | 'abort'>[] = [exited.then(() => 'exited' as const)];
  if (spec.timeoutMs !== undefined) {
    waits.push(delay(spec.timeoutMs, 'timeout' as const, { signal }).catch(() => 'exited' as const));
  }
  if (spec.signal) {
    waits.push(
      once(spec.signal, 'abort', { signal }).then(
        () => 'abort' as const,
        () => 'exited' as const,
      ),
    );
  }
  try {
    return await Promise.race(waits);
  } finally {
    cleanUp.abort();
  }
}
