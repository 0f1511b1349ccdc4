import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Programs of the demo's two checks, as lists of arguments. Both come with ao. */
export const testCommand: readonly string[] = [process.execPath, '--test'];

export function lintCommand(): readonly string[] {
  // The package's program is not among its exports; its package.json is.
  const folder = dirname(fileURLToPath(import.meta.resolve('oxlint/package.json')));
  return [process.execPath, join(folder, 'bin/oxlint'), '--format=unix'];
}

/** For a check, which a shell reads: every word in single quotes, so that any path works. */
export function shellText(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}
