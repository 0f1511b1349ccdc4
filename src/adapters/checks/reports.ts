import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AoError } from '../../domain/errors.ts';

const maxBytes = 64 * 1024 * 1024;

/**
 * Files that a check left in its report directory. The project's code can write there: links, pipes and directories are
 * left out, and what is too large to be read is refused.
 */
export async function readReports(
  directory: string,
  except: readonly string[],
): Promise<{ name: string; text: string }[]> {
  const reports: { name: string; text: string }[] = [];
  let total = 0;
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile() || except.includes(entry.name)) continue;
    // Not following a link and not waiting for a pipe, should the entry have been replaced meanwhile.
    const file = await open(
      join(directory, entry.name),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const { size } = await file.stat();
      total += size;
      if (total > maxBytes) throw tooLarge(entry.name, total);
      reports.push({ name: entry.name, text: await file.readFile('utf8') });
    } finally {
      await file.close();
    }
  }
  return reports;
}

function tooLarge(name: string, bytes: number): AoError {
  const megabytes = Math.ceil(bytes / 1024 / 1024);
  return new AoError(
    'failed',
    `The check wrote ${megabytes} MB of reports (${name}); at most 64 MB are read.`,
  );
}
