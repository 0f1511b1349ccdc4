import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { Line } from './record/take.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const recordings = globSync('**/*.jsonl', { cwd: fixtures }).toSorted();

test('a recording begins with how the client was started and ends with how it ended', () => {
  assert.ok(recordings.length > 0);
  for (const path of recordings) {
    const text = readFileSync(join(fixtures, path), 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    assert.deepEqual([lines[0]?.dir, lines.at(-1)?.dir], ['start', 'exit'], path);
    const spoke = lines.some(({ dir }) => dir === 'out' || dir === 'signal');
    assert.ok(spoke, `${path}: the client said nothing, and nobody ended it for that`);
  }
});

test('a recording says nothing of the machine it was made on', () => {
  for (const path of recordings) {
    const text = readFileSync(join(fixtures, path), 'utf8');
    const paths = text.match(
      /(?<![\w/.-])\/(?:root|home\/(?!user\b)|Users|tmp\/[\w-]+-[\w-]{6}\b|work)\b[^"'\s\\]*/g,
    );
    assert.equal(paths, null, path);
    const ids = text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
    assert.deepEqual(
      ids.filter((id) => !id.startsWith('00000000-0000-4000-8000-')),
      [],
      path,
    );
    assert.doesNotMatch(text, /127\.0\.0\.1:(?!4010\b)\d+/, path);
  }
});
