import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogName, SessionLogs } from '../ports/session-logs.ts';

const blockBytes = 64 * 1024;
/** What waits for a disk that takes nothing. More than that is written by the next daemon, or stays in the agent's output only. */
const mostWaiting = 8 * 1024 * 1024;

export const sessionLogs: SessionLogs = {
  append: (dir) => appender(join(dir, 'readable.log' satisfies LogName)),
  size: (dir, name) =>
    stat(join(dir, name)).then(
      ({ size }) => size,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      },
    ),
  read: (dir, name, from) =>
    using(dir, name, async (file) => {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(blockBytes), position: from });
      return buffer.subarray(0, bytesRead);
    }),
  lastLines: (dir, name, lines) =>
    using(dir, name, async (file) => lineStart(file, (await file.stat()).size, lines)),
};

/** What was said so far is counted, and what lies beyond the end of the file is written. */
function appender(path: string): (text: string) => void {
  let said = 0;
  let waiting: { at: number; bytes: Buffer }[] = [];
  let gaveUp = false;
  return (text) => {
    if (gaveUp) return;
    const bytes = Buffer.from(text);
    waiting.push({ at: said, bytes });
    said += bytes.length;
    try {
      writeBehind(path, waiting);
      waiting = [];
    } catch {
      gaveUp = said - (waiting[0]?.at ?? said) > mostWaiting;
    }
  };
}

function writeBehind(path: string, pieces: readonly { at: number; bytes: Buffer }[]): void {
  const file = openSync(path, 'a', 0o600);
  try {
    let { size } = fstatSync(file);
    for (const { at, bytes } of pieces) {
      let rest = bytes.subarray(Math.min(bytes.length, Math.max(0, size - at)));
      while (rest.length > 0) {
        const written = writeSync(file, rest);
        size += written;
        rest = rest.subarray(written);
      }
    }
  } finally {
    closeSync(file);
  }
}

async function using<T>(dir: string, name: LogName, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(join(dir, name), 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function lineStart(file: FileHandle, size: number, lines: number): Promise<number> {
  if (lines === 0) return size;
  let missing = lines;
  for (let end = size; end > 0; end -= blockBytes) {
    const from = Math.max(0, end - blockBytes);
    const block = Buffer.alloc(end - from);
    await file.read(block, 0, block.length, from);
    for (let at = block.lastIndexOf(10); at >= 0; at = at === 0 ? -1 : block.lastIndexOf(10, at - 1)) {
      if (from + at === size - 1) continue; // ends the last line
      missing -= 1;
      if (missing === 0) return from + at + 1;
    }
  }
  return 0;
}
