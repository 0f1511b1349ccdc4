import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Redactor } from './redact.ts';

/** Masks the secrets in a file, however large: readers see the old content or the new one. Nothing where there is no such file. */
export async function maskFile(path: string, redactor: Redactor): Promise<void> {
  const file = await openExisting(path);
  if (file === null) return;
  try {
    if (await holdsSecret(file, redactor)) await replace(path, file, redactor);
  } finally {
    await file.close();
  }
}

/** The same for every file below a directory. */
export async function maskFiles(directory: string, redactor: Redactor): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await maskFile(join(entry.parentPath, entry.name), redactor);
  }
}

async function openExisting(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Most files need no new one. */
async function holdsSecret(file: FileHandle, redactor: Redactor): Promise<boolean> {
  let unseen = '';
  for await (const { read, masked } of maskedPieces(file, redactor)) {
    unseen += read;
    if (!unseen.startsWith(masked)) return true;
    unseen = unseen.slice(masked.length);
  }
  return false;
}

async function replace(path: string, file: FileHandle, redactor: Redactor): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const out = await open(draft, 'wx', 0o600);
    try {
      let position = 0;
      for await (const { masked } of maskedPieces(file, redactor)) {
        const bytes = Buffer.from(masked, 'latin1');
        if (!isHole(bytes)) await writeAll(out, bytes, position);
        position += bytes.length;
      }
      await out.truncate(position);
      await out.sync();
    } finally {
      await out.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A part that was given up takes no room, neither before nor after. */
function isHole(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Bytes as characters, one each: what is no text stays as it is. */
async function* maskedPieces(
  file: FileHandle,
  redactor: Redactor,
): AsyncGenerator<{ read: string; masked: string }> {
  const stream = redactor.stream('mask');
  const buffer = Buffer.alloc(64 * 1024);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read({ buffer, position });
    if (bytesRead === 0) break;
    position += bytesRead;
    const read = buffer.toString('latin1', 0, bytesRead);
    yield { read, masked: stream.take(read) };
  }
  yield { read: '', masked: stream.end() };
}
