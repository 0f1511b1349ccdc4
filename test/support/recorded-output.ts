import { readFileSync } from 'node:fs';
import path from 'node:path';

const fixtures = path.join(import.meta.dirname, '../agents/fixtures');

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
