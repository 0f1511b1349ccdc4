import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AoError } from '../api/contract/errors.ts';

const blockBytes = 64 * 1024;
const pollMs = 200;

export interface LogSpan {
  /** Offset of the first byte. */
  start: number;
  /** Asked whenever the end of the file is reached: true when nothing more will come. null: do not wait. */
  until: (() => Promise<boolean>) | null;
}

/** The bytes of a log as they are, and those that are still to come. */
export async function* readLog(file: string, { start, until }: LogSpan): AsyncGenerator<Buffer> {
  const handle = await openLog(file);
  try {
    let position = start;
    for (;;) {
      // Asked before the last read: what was written before the end is read after it.
      const over = until === null || (await until());
      for (;;) {
        const block = Buffer.alloc(blockBytes);
        const { bytesRead } = await handle.read(block, 0, blockBytes, position);
        if (bytesRead === 0) break;
        position += bytesRead;
        yield block.subarray(0, bytesRead);
      }
      if (over) return;
      await delay(pollMs);
    }
  } finally {
    await handle.close();
  }
}

/** Where the last lines of a log begin. An unfinished line counts as one. */
export async function tailStart(file: string, lines: number): Promise<number> {
  const handle = await openLog(file);
  try {
    const { size } = await handle.stat();
    return await lineStart(handle, size, lines);
  } finally {
    await handle.close();
  }
}

async function lineStart(handle: FileHandle, size: number, lines: number): Promise<number> {
  if (lines === 0) return size;
  let missing = lines;
  for (let end = size; end > 0; end -= blockBytes) {
    const from = Math.max(0, end - blockBytes);
    const block = Buffer.alloc(end - from);
    await handle.read(block, 0, block.length, from);
    for (let at = block.lastIndexOf(10); at >= 0; at = at === 0 ? -1 : block.lastIndexOf(10, at - 1)) {
      if (from + at === size - 1) continue; // ends the last line
      missing -= 1;
      if (missing === 0) return from + at + 1;
    }
  }
  return 0;
}

async function openLog(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    const hint = 'The agent was never started, or `ao clean` has removed its log.';
    throw new AoError('notFound', `there is no log at ${file}`, hint, { cause: error });
  }
}
