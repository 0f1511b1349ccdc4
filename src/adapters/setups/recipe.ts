import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface SetupCommand {
  argv: readonly string[];
  /** Added to the environment of this command only. */
  env?: Readonly<Record<string, string>>;
}

/** How one kind of dependencies gets into a checkout. */
export interface Recipe {
  /** Why it applies, for messages: `package-lock.json`. */
  because: string;
  commands: readonly SetupCommand[];
  /** Added to the environment of whatever runs in the checkout, these commands too. */
  env?: Readonly<Record<string, string>>;
  /** Programs that must be there, and whose version decides what is installed. */
  tools: readonly string[];
  /** Everything of the checkout that decides on the outcome, as text. */
  inputs: readonly string[];
  /** Directories that it makes, repository-relative; those that exist afterwards are kept. */
  produces: readonly string[];
  /** False where code of the checkout itself runs during installation, so that equal inputs prove nothing. */
  cacheable: boolean;
  /** What still has to run after the directories came from the cache. */
  afterRestore: readonly SetupCommand[];
}

/** Text of a file of the checkout as hash material; its name alone where there is none. */
export function inputOf(root: string, path: string): string {
  const text = readInput(root, path);
  return text === null ? `${path}: none` : `${path}: ${createHash('sha256').update(text).digest('hex')}`;
}

/** null where there is no such ordinary file. */
export function readInput(root: string, path: string): string | null {
  try {
    const absolute = join(root, path);
    return statSync(absolute).isFile() ? readFileSync(absolute, 'utf8') : null;
  } catch {
    return null;
  }
}

export function hasFile(root: string, path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true;
}
