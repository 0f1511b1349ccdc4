import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { KeyedMutex } from '../../../lib/keyed-mutex.ts';
import type { Delivery } from '../../../ports/runtime.ts';
import { requireReader } from '../held-session.ts';
import { names } from '../session-files.ts';

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
