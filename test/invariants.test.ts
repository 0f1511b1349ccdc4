import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');
const [, section = ''] = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8').split('\n## Invariants\n');
const [list = ''] = section.split('\n## ');

/** The first clause of each: what a test's title has to begin with. */
const invariants = [...list.matchAll(/^- (.+?)[.;,](?: |$)/gms)].map(([, clause = '']) => plain(clause));

/** Titles stand in the call, or in a table of rules: every piece of text of a test file may be one. */
const titles = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).flatMap((file) =>
  [...readFileSync(path.join(root, file), 'utf8').matchAll(/(['"`])((?:(?!\1).)+)\1/g)].map(
    ([, , text = '']) => plain(text),
  ),
);

function plain(text: string): string {
  return text.replaceAll('’', "'").replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

test('each invariant of ARCHITECTURE.md begins the title of a test', () => {
  assert.ok(invariants.length >= 10, String(invariants.length));
  const without = invariants.filter((clause) => !titles.some((title) => title.startsWith(clause)));
  assert.deepEqual(without, []);
});
