import { constants } from 'node:fs';
import { access, chmod, readdir } from 'node:fs/promises';

/**
 * Opens the directories at and below `root` that an agent has closed to everybody; they are in a directory of ours. Links
 * are not followed. Resolves with those that stay closed, because they are another user's.
 */
export async function openDirectories(root: string | Buffer): Promise<string[]> {
  const directory = Buffer.from(root);
  if (!(await openDirectory(directory))) return [directory.toString()];
  const closed: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    if (!entry.isDirectory()) continue;
    closed.push(...(await openDirectories(Buffer.concat([directory, Buffer.from('/'), entry.name]))));
  }
  return closed;
}

/** The directory itself. False where it stays closed. */
export async function openDirectory(directory: string | Buffer): Promise<boolean> {
  if (await isOpen(directory)) return true;
  await chmod(directory, 0o700).catch(() => {});
  return isOpen(directory);
}

async function isOpen(directory: string | Buffer): Promise<boolean> {
  return access(directory, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
