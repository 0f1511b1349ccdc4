import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Removes a directory of ours with all that is in it, also where an agent or a build made parts of it read-only. Links
 * are removed, never followed. It is no error when there is none.
 */
export async function removeDirectory(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!isDenied(error)) throw error;
    await makeWritable(directory);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What the failed removal goes on to remove meanwhile is no error. */
async function makeWritable(directory: string): Promise<void> {
  try {
    if (!(await lstat(directory)).isDirectory()) return;
    await chmod(directory, 0o700);
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) await makeWritable(path.join(directory, entry.name));
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function isDenied(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EACCES' || code === 'EPERM' || code === 'ENOTEMPTY';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
