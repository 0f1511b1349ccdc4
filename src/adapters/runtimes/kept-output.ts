import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AoError } from '../../domain/errors.ts';
import type { RuntimeHandle } from '../../domain/task.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { runProgram } from '../../lib/subprocess.ts';
import { names } from './session-files.ts';

const lineBytes = 64 * 1024;

export async function keptFrom({ dir }: RuntimeHandle): Promise<number> {
  const text = await readFile(join(dir, names.keptFrom), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '0';
    throw error;
  });
  return Number(text);
}

/**
 * Makes a hole of the oldest output: the file stays the one that the agent writes to, and every place in it what it was. What is noted first is
 * where to read from, so that nobody reads the hole.
 */
export async function forgetOutput(handle: RuntimeHandle, before: number): Promise<void> {
  const from = await lineStart(handle, before);
  await writeFileAtomic(join(handle.dir, names.keptFrom), String(from));
  const file = join(handle.dir, names.output);
  const argv = ['fallocate', '--punch-hole', '--offset', '0', '--length', String(from), file];
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  const refused = (why: string): AoError =>
    new AoError('failed', `The output of session ${handle.mark} could not be cut: ${why}`);
  const done = await runProgram({ argv, cwd: handle.dir, env, maxBytes: 4096, timeoutMs: 60_000 }).catch(
    (error: unknown) => {
      throw refused(String(error));
    },
  );
  if (done.exitCode !== 0) throw refused(done.combined.trim());
}

/** Behind the end of the line that stands at that place; the place itself where it is a long one. */
async function lineStart({ dir }: RuntimeHandle, place: number): Promise<number> {
  const file = await open(join(dir, names.output));
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(lineBytes), position: place });
    return place + buffer.subarray(0, bytesRead).indexOf(10) + 1;
  } finally {
    await file.close();
  }
}
