import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CheckOutput } from '../../../ports/check-format.ts';
import type { Files } from './projects/project.ts';

/** What a tool really said about a project, without the absolute paths of the machine. */
export interface Recording {
  tool: string;
  files: Files;
  output: Omit<CheckOutput, 'root'>;
}

export const folder = join(import.meta.dirname, '..');

export function loadRecording(format: string, name: string): Recording {
  return JSON.parse(readFileSync(join(folder, format, 'fixtures', `${name}.json`), 'utf8')) as Recording;
}

/** Writes the files into a new directory, for the time of `use`. */
export async function inProject<T>(files: Files, use: (root: string) => T | Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'ao-check-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    }
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The recorded output as it would have come from a checkout at `root`. */
export function replay(recording: Recording, root: string): CheckOutput {
  return { ...recording.output, root };
}

/** The output of a recording, with its files in place. */
export function withRecording<T>(format: string, name: string, use: (output: CheckOutput) => T): Promise<T> {
  const recording = loadRecording(format, name);
  return inProject(recording.files, (root) => use(replay(recording, root)));
}
