import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AoError } from '../../../domain/errors.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { bootOf, readStartTime } from '../../../lib/process-table.ts';
import { endTree, findMarked } from '../../../lib/process-tree.ts';
import type { Liveness, Runtime } from '../../../ports/runtime.ts';
import { DirectoryChanges } from './directory-changes.ts';
import { names, readExit } from './session-files.ts';
import { startSession } from './start.ts';

/** Files tell most; a process that is killed tells nothing, so it is looked at this often. */
const netMs = 1000;
const chunkBytes = 64 * 1024;
/** For the wrapper to write the status down after everything else of the session was killed. */
const holderGraceMs = 1000;

/** Agents as plain processes under a small shell that outlives us; see `wrapper.ts`. */
export const processRuntime: Runtime = { name: 'process', start: startSession, observe, wait, follow, stop };

async function observe(handle: RuntimeHandle): Promise<Liveness> {
  try {
    return await look(handle);
  } catch (error) {
    return { state: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
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
  // Only the wrapper may be gone; then nobody will write a status, but the agent is at work.
  const marked = await findMarked(handle.mark);
  return marked.length > 0 ? { state: 'running' } : { state: 'gone' };
}

async function isOfAnotherBoot(handle: RuntimeHandle): Promise<boolean> {
  const own = await readStartTime(process.pid);
  return own !== null && handle.startTime !== '' && bootOf(own) !== bootOf(handle.startTime);
}

async function wait(handle: RuntimeHandle, signal: AbortSignal): Promise<Liveness> {
  const changes = new DirectoryChanges(handle.dir, [names.exit]);
  try {
    for (;;) {
      signal.throwIfAborted();
      const liveness = await observe(handle);
      if (liveness.state !== 'running') return liveness;
      await changes.next(netMs, signal);
    }
  } finally {
    changes.close();
  }
}

async function* follow(
  handle: RuntimeHandle,
  offset: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const changes = new DirectoryChanges(handle.dir, [names.output, names.exit]);
  const file = await open(join(handle.dir, names.output));
  try {
    for (let position = offset; !signal.aborted; ) {
      // Looked at before reading, so that what was written until the end is still read.
      const { state } = await observe(handle);
      for (;;) {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(chunkBytes), position });
        if (signal.aborted) return;
        if (bytesRead === 0) break;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
      if (state === 'exited' || state === 'gone') return;
      await changes.next(netMs, signal);
    }
  } finally {
    changes.close();
    await file.close();
  }
}

async function stop(handle: RuntimeHandle, graceMs: number): Promise<void> {
  const dir = await realpath(handle.dir).catch(() => handle.dir);
  const left = await endTree({ ...handle, graceMs, holderGraceMs, paths: [dir] });
  if (left.length > 0) {
    throw new AoError('failed', `Processes ${left.join(', ')} of session ${handle.mark} could not be ended.`);
  }
}
