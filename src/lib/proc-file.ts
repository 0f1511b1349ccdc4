import { closeSync, openSync, readSync } from 'node:fs';

/** One for all: `readFileSync` takes 64 KB of new memory for each file of which the size is not told, and sessions are looked at all the time. */
const block = Buffer.allocUnsafe(64 * 1024);

/** A file of /proc, each byte one character; null where there is none, or it may not be read: processes come and go while we look. */
export function readProcFile(path: string): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    let text = '';
    for (let length = readSync(file, block); length > 0; length = readSync(file, block)) {
      text += block.toString('latin1', 0, length);
    }
    return text;
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
