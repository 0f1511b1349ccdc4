import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from './package-version.ts';

/** Folder of the running code: `src`, or `dist` in an npm package. */
const codeFolder = join(import.meta.dirname, '..');

const onlyTests = /^(?:fixtures|test-support)$/;

/**
 * Which code runs: `<version>+<newest change, base 36>.<hash>`. Tells an upgraded or edited checkout from the one that a
 * daemon was started with, by names, sizes and times alone. Folders count too, because a removed file leaves its mark there; not
 * their sizes, which grow with our tests on some file systems.
 */
export function codeId(folder: string = codeFolder, version: string = packageVersion()): string {
  const hash = createHash('sha256');
  let newest = 0;
  for (const name of ['', ...namesIn(folder, '').toSorted()]) {
    const status = statSync(join(folder, name));
    const [changed, size] = [Math.floor(status.mtimeMs), status.isFile() ? status.size : 0];
    newest = Math.max(newest, changed);
    hash.update(`${name}\0${size}\0${changed}\n`);
  }
  return `${version}+${newest.toString(36)}.${hash.digest('hex').slice(0, 8)}`;
}

/** Every command waits for this: Node's own recursive reading asks for the type of each file once more. */
function namesIn(folder: string, inside: string): string[] {
  return readdirSync(join(folder, inside), { withFileTypes: true }).flatMap((entry) => {
    const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) return onlyTests.test(entry.name) ? [] : [name, ...namesIn(folder, name)];
    return entry.name.endsWith('.test.ts') ? [] : [name];
  });
}

/** True when `ours` was released after `theirs`, or is of the same version and was changed after it. */
export function isNewer(ours: string, theirs: string): boolean {
  const [a, b] = [parse(ours), parse(theirs)];
  for (const [index, part] of a.version.entries()) {
    const difference = part - (b.version[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return a.changed > b.changed;
}

function parse(id: string): { version: number[]; changed: number } {
  const match = /^(\d+)\.(\d+)\.(\d+)[^+]*\+([0-9a-z]+)/.exec(id);
  const [, major = '0', minor = '0', patch = '0', changed = '0'] = match ?? [];
  return { version: [major, minor, patch].map(Number), changed: Number.parseInt(changed, 36) };
}
