import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const fixtures = path.join(import.meta.dirname, '../agents/fixtures');

/** Of which there are recordings, the newest first: only of that one there is everything. */
export function recordedVersions(client: string): string[] {
  const versions = readdirSync(path.join(fixtures, client));
  return versions.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** What a real agent printed on standard output and error, as one text. */
export function recordedOutput(recording: string): string {
  const lines = readFileSync(path.join(fixtures, `${recording}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line): { dir: string; line: string } => JSON.parse(line))
    .filter(({ dir }) => dir === 'out' || dir === 'err')
    .map(({ line }) => `${line}\n`)
    .join('');
}
