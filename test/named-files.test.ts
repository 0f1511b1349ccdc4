import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/*.md', 'docs/adr/*.md'], { cwd: root }).filter(
  (page) => page !== 'CHANGELOG.md', // it tells of files as they were
);
const present = globSync(['{src,test,scripts,bench,docs}/**', '*'], {
  cwd: root,
  exclude: ['**/node_modules'],
}).map((file) => `/${file}`);

/** Files of code and folders that a page names, alone or by the end of their path; `<…>` stands for any name. */
function namedIn(page: string): string[] {
  const text = readFileSync(path.join(root, page), 'utf8').replaceAll(/```.*?```/gs, '');
  return [...text.matchAll(/`([\w./<>-]+\.(?:ts|sql)|(?:src|test|docs|scripts|bench)\/[\w./<>-]+)`/g)].map(
    ([, name = '']) => name.replace(/\/$/, ''),
  );
}

function isPresent(name: string): boolean {
  const end = new RegExp(`/${name.replaceAll('.', '\\.').replaceAll(/<[^>]*>/g, '[^/]+')}$`);
  return present.some((file) => end.test(file));
}

for (const page of pages) {
  test(`every file that ${page} names is there`, () => {
    assert.deepEqual(
      namedIn(page).filter((name) => !isPresent(name)),
      [],
    );
  });
}

test('the map names files', () => {
  assert.ok(namedIn('ARCHITECTURE.md').length > 50);
});
