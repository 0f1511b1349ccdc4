import type { FileChange } from '../change.ts';
import { isLockFile } from './configuration-paths.ts';
import type { Rule } from './rule.ts';

export const MAX_FILES = 20;
export const MAX_LINES = 800;
export const MAX_BINARY_BYTES = 1_000_000;
export const MAX_LINE_LENGTH = 10_000;

/** A change that nobody can read is not accepted, however green. Nothing is put back: the agent has to choose. */
export const size: Rule = {
  name: 'size',
  check({ files }) {
    const lines = files.reduce((sum, file) => sum + linesOf(file), 0);
    if (files.length > MAX_FILES) {
      return [
        { message: `The change touches ${files.length} files; ${MAX_FILES} are the limit.`, paths: [] },
      ];
    }
    if (lines > MAX_LINES) {
      return [{ message: `The change has ${lines} lines; ${MAX_LINES} are the limit.`, paths: [] }];
    }
    const heavy = files.filter(({ bytes }) => bytes > 0);
    const bytes = heavy.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > MAX_BINARY_BYTES) {
      const names = heavy.map(({ path }) => path).join(', ');
      const limit = `${MAX_BINARY_BYTES} are the limit.`;
      return [
        { message: `The binary files of the change have ${bytes} bytes; ${limit} (${names})`, paths: [] },
      ];
    }
    const long = overlong(files);
    const limit = `${MAX_LINE_LENGTH} characters are the limit.`;
    return long.length === 0
      ? []
      : [{ message: `Lines in ${long.join(', ')} are too long to be read; ${limit}`, paths: [] }];
  },
};

/** Files with a new line so long that reading it by the other rules could keep the daemon busy for minutes. */
export function overlong(files: readonly FileChange[]): string[] {
  return files
    .filter(({ added }) => added.some((line) => line.length > MAX_LINE_LENGTH))
    .map(({ path }) => path);
}

/** Lock files are written by tools and grow with a single dependency. */
function linesOf({ path, added, removed }: FileChange): number {
  return isLockFile(path) ? 0 : added.length + removed.length;
}
