import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { KeyedMutex } from '../../../lib/keyed-mutex.ts';
import { bytesWritten, readArguments } from '../../../lib/process-table.ts';
import { findMarked } from '../../../lib/process-tree.ts';
import type { Delivery } from '../../../ports/runtime.ts';
import { observe, requireReader } from '../held-session.ts';
import { names } from '../session-files.ts';

/** A feeder that lives passes on what is written within this time, unless its agent does not read. */
const passOnMs = 2000;

/** Large texts are written in pieces: those of two must not mix. */
const order = new KeyedMutex();

/** Puts text behind what the session's feeder has passed on so far; see `../wrapper.ts`. */
export function appendInput(handle: RuntimeHandle, text: string): Promise<Delivery> {
  return order.run(handle.dir, async () => {
    await requireReader(handle);
    await appendFile(join(handle.dir, names.input), text);
    return { bytes: Buffer.byteLength(text), reaction: null };
  });
}

export function readInput({ dir }: RuntimeHandle): Promise<string> {
  return readFile(join(dir, names.input), 'utf8');
}

/** The feeder alone holds the agent's input open. What it has written by then is in the pipe, and read before its end. */
export function endInput(handle: RuntimeHandle): Promise<void> {
  return order.run(handle.dir, async () => {
    const input = join(handle.dir, names.input);
    const patience = performance.now() + passOnMs;
    // A shell is on its way to become the feeder; where the input has ended already there is none to wait for.
    for (let feeder = null; feeder === null && performance.now() < patience; ) {
      feeder = await findFeeder(handle, input);
      if (feeder !== null) await untilPassedOn(feeder, input);
      if (feeder !== null) kill(feeder);
      else if ((await observe(handle)).state === 'running') await delay(20);
      else return;
    }
  });
}

async function findFeeder({ mark }: RuntimeHandle, input: string): Promise<number | null> {
  for (const { pid } of await findMarked(mark)) {
    const command = (await readArguments(pid)) ?? '';
    if (/^\S*tail\b/.test(command) && command.endsWith(input)) return pid;
  }
  return null;
}

/** The system tells how much a process has written; where it does not, this is a pause. */
async function untilPassedOn(pid: number, file: string): Promise<void> {
  const { size } = await stat(file);
  const patience = performance.now() + passOnMs;
  for (;;) {
    if ((bytesWritten(pid) ?? 0) >= size || performance.now() > patience) return;
    await delay(10);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // it has ended by itself, with its agent
  }
}
