import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../..');

/** A bug planted into a copy: `find` stands in the file (below `src/`) exactly once. */
export interface Plant {
  file: string;
  find: string;
  replace: string;
}

export interface Version {
  readonly root: string;
  remove(): void;
}

/** A copy of the source, which nobody edits while its daemons are killed. */
export function copyVersion(plant: Plant | null): Version {
  const root = mkdtempSync(path.join(tmpdir(), 'ao-version-'));
  mkdirSync(path.join(root, 'scripts'));
  for (const name of ['src', 'package.json', 'package-lock.json']) {
    cpSync(path.join(repository, name), path.join(root, name), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
  if (plant !== null) writeFileSync(path.join(root, 'src', plant.file), planted(plant));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The file with the bug; throws where its place is not there. */
export function planted({ file, find, replace }: Plant): string {
  const text = readFileSync(path.join(repository, 'src', file), 'utf8');
  if (text.split(find).length !== 2) throw new Error(`not once in ${file}: ${find}`);
  return text.replace(find, () => replace);
}
