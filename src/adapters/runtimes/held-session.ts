import { existsSync, readSync } from 'node:fs';
import { open, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AoError } from '../../domain/errors.ts';
import type { RuntimeHandle } from '../../domain/task.ts';
import { bootOf, readStartTime } from '../../lib/process-table.ts';
import { untilBeat } from '../../lib/beat.ts';
import { maskFile } from '../../lib/mask-file.ts';
import { endTree, findMarked, type TreeQuery } from '../../lib/process-tree.ts';
import type { Redactor } from '../../lib/redact.ts';
import type { Liveness } from '../../ports/runtime.ts';
import { DirectoryChanges } from './directory-changes.ts';
import { findAgent } from './executing.ts';
import { keptFrom } from './kept-output.ts';
import { names, readAgentPid, readExit } from './session-files.ts';

/** Files tell most; a process that is killed tells nothing, so it is looked at this often. */
const netMs = 1000;
/** After a hint it is looked at soon again, then less and less often. */
const hintMs = 20;
/** Where a status was written, the end of the output is on its way: only a busy machine makes it late. */
const lateMs = 5000;
/** The same where the terminal itself is gone: what it had printed is as good as written. */
const goneMs = 500;
const chunkBytes = 16 * 1024;
/** For the wrapper to write the status down after everything else of the session was killed. */
const holderGraceMs = 1000;

/** What a session's wrapper and process table tell of it; nothing is started to find out. */
export function observe(handle: RuntimeHandle): Promise<Liveness> {
  const liveness = look(handle).catch(
    (error: unknown): Liveness => ({
      state: 'unknown',
      why: error instanceof Error ? error.message : String(error),
    }),
  );
  lately.set(handle, { at: performance.now(), liveness });
  return liveness;
}

const lately = new WeakMap<RuntimeHandle, { at: number; liveness: Promise<Liveness> }>();

/** Those that follow one session look at it in the same moment. */
function observeLately(handle: RuntimeHandle): Promise<Liveness> {
  const last = lately.get(handle);
  return last !== undefined && performance.now() - last.at < hintMs ? last.liveness : observe(handle);
}

async function look(handle: RuntimeHandle): Promise<Liveness> {
  const before = await readExit(handle.dir);
  if (before) return { state: 'exited', ...before };
  if (handle.startTime !== '' && (await readStartTime(handle.pid)) === handle.startTime)
    return { state: 'running' };
  // It may have written its status and gone between the two readings.
  const after = await readExit(handle.dir);
  if (after) return { state: 'exited', ...after };
  if (await isOfAnotherBoot(handle)) return { state: 'gone' };
  // Only the wrapper may be gone; then nobody will write a status, but the agent is at work. What it left behind is not.
  const agent = await readAgentPid(handle.dir).catch(() => null);
  const running =
    typeof agent === 'number'
      ? (await findAgent(handle.mark, agent)) !== null
      : (await findMarked(handle.mark)).length > 0;
  return { state: running ? 'running' : 'gone' };
}

async function isOfAnotherBoot(handle: RuntimeHandle): Promise<boolean> {
  const own = await readStartTime(process.pid);
  return own !== null && handle.startTime !== '' && bootOf(own) !== bootOf(handle.startTime);
}

/** `listen` is given what wakes us when something else says that a session may have ended; it returns what ends that. */
export async function wait(
  handle: RuntimeHandle,
  signal: AbortSignal,
  listen?: (hint: () => void) => () => void,
): Promise<Liveness> {
  const changes = new DirectoryChanges(handle.dir, [names.exit]);
  let pause = netMs;
  let leave: (() => void) | undefined;
  const hint = (): void => {
    pause = hintMs; // it may come before the end
    changes.ring();
  };
  try {
    for (;;) {
      signal.throwIfAborted();
      const liveness = await observe(handle);
      if (liveness.state !== 'running') return liveness;
      leave ??= listen?.(hint);
      await changes.next(pause < netMs ? pause : untilBeat(netMs), signal);
      pause = Math.min(2 * pause, netMs);
    }
  } finally {
    leave?.();
    changes.close();
  }
}

/** Rejects where nobody can read what is written to the session. */
export async function requireReader(handle: RuntimeHandle): Promise<void> {
  if (handle.takesInput !== true) {
    throw new AoError('conflict', 'The agent reads nothing but its task: its input has ended.');
  }
  const { state } = await observe(handle);
  if (state === 'running' || state === 'unknown') return;
  throw new AoError('conflict', 'The agent has ended: nobody reads its input any more.');
}

export interface Span {
  /** Below the session's directory. */
  name: string;
  offset: number;
  /**
   * What stands behind the last byte of a whole output and is no part of it; empty where the agent itself writes the
   * file. Where it never comes, because its writer was killed, a file that does not grow any more is taken for whole.
   */
  end: Uint8Array;
}

/** What a program printed, from that place on. */
export async function* followOutput(
  handle: RuntimeHandle,
  { offset, end }: Pick<Span, 'offset' | 'end'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const from = Math.max(offset, await keptFrom(handle));
  yield* followFile(handle, { name: names.output, offset: from, end }, signal);
}

/** Its writers end with the session. */
export function followEvents(handle: RuntimeHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return followFile(handle, { name: names.events, offset: 0, end: new Uint8Array() }, signal);
}

async function* followFile(
  handle: RuntimeHandle,
  { name, offset, end }: Span,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const changes = new DirectoryChanges(handle.dir, [name, names.exit]);
  const file = await open(join(handle.dir, name));
  const buffer = Buffer.allocUnsafe(chunkBytes); // one for each session, however often it is looked at
  try {
    let position = offset;
    let changed = false;
    for (let stillSince = Number.POSITIVE_INFINITY; !signal.aborted; ) {
      // Looked at before reading, so that what was written until the end is still read.
      const state = await stateOf(handle, changed);
      const over = state === 'exited' || state === 'gone';
      const before = position;
      let held: Uint8Array;
      for (;;) {
        if (signal.aborted) return;
        // What was just written is in memory: to have a thread read it costs ten times as much.
        const bytesRead = readSync(file.fd, buffer, 0, chunkBytes, position);
        const ready = bytesRead - beginningOf(end, buffer.subarray(0, bytesRead));
        held = buffer.subarray(ready, bytesRead);
        position += ready;
        if (ready > 0) yield Buffer.from(buffer.subarray(0, ready));
        if (bytesRead < chunkBytes) break;
        await setImmediate(); // an output that is long must not hold up everything else
      }
      if (over && held.length === end.length) return;
      const isQuiet = position === before;
      if (isQuiet && changed && !over) {
        changed = false;
        continue;
      }
      if (!over || !isQuiet) stillSince = Number.POSITIVE_INFINITY;
      else if (stillSince === Number.POSITIVE_INFINITY) stillSince = performance.now();
      const patienceMs = state === 'exited' ? lateMs : goneMs;
      if (performance.now() - stillSince >= patienceMs)
        return held.length > 0 ? yield Buffer.from(held) : undefined;
      changed = await changes.next(over ? Math.min(patienceMs, netMs) : untilBeat(netMs), signal);
    }
  } finally {
    changes.close();
    await file.close();
  }
}

/** Where something changed, its writer needs no look, unless the end is written down. */
async function stateOf(handle: RuntimeHandle, changed: boolean): Promise<Liveness['state']> {
  if (existsSync(join(handle.dir, names.exit))) return (await observe(handle)).state;
  return changed ? 'running' : (await observeLately(handle)).state;
}

/** How many of the last bytes of `bytes` are the beginning of `end`. */
function beginningOf(end: Uint8Array, bytes: Buffer): number {
  for (let length = Math.min(end.length, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(end.subarray(0, length))) return length;
  }
  return 0;
}

export async function endSession(handle: RuntimeHandle, graceMs: number): Promise<void> {
  const left = await endTree({ ...(await treeOf(handle)), graceMs, holderGraceMs });
  if (left.length > 0) {
    throw new AoError('failed', `Processes ${left.join(', ')} of session ${handle.mark} could not be ended.`);
  }
}

/** What all processes of a session are found by. */
export async function treeOf({ pid, startTime, mark, dir, cwd }: RuntimeHandle): Promise<TreeQuery> {
  const real = (place: string): Promise<string> => realpath(place).catch(() => place);
  const places = cwd === undefined ? [] : [await real(cwd)];
  return { pid, startTime, mark, paths: [await real(dir)], places };
}

export async function seal({ dir }: RuntimeHandle, redactor: Redactor): Promise<void> {
  await rm(join(dir, names.launch), { force: true }); // left by a daemon that died while it started it
  for (const name of [names.input, names.events, names.output]) await maskFile(join(dir, name), redactor);
}
