import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { codeId, isNewer } from './code-id.ts';
import { packageVersion } from './package-version.ts';

const folder = mkdtempSync(join(tmpdir(), 'ao-code-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function at(seconds: number, ...names: string[]): void {
  for (const name of names) utimesSync(join(folder, name), seconds, seconds);
}

test('changes with any file of the code, and not with its tests', () => {
  mkdirSync(join(folder, 'deep'));
  for (const name of ['a.ts', 'deep/b.ts', 'deep/b.test.ts']) writeFileSync(join(folder, name), 'x');
  at(1000, 'a.ts', 'deep/b.ts', 'deep/b.test.ts', 'deep', '.');
  const before = codeId(folder, '1.2.3');
  assert.match(before, /^1\.2\.3\+/);
  at(2000, 'deep/b.test.ts');
  assert.equal(codeId(folder, '1.2.3'), before);
  for (const name of ['fixtures', 'test-support']) {
    mkdirSync(join(folder, 'deep', name));
    writeFileSync(join(folder, 'deep', name, 'c.ts'), 'x');
  }
  at(1000, 'deep');
  assert.equal(codeId(folder, '1.2.3'), before, 'what only tests use is not code');
  at(2000, 'deep/b.ts');
  const edited = codeId(folder, '1.2.3');
  assert.deepEqual([isNewer(edited, before), isNewer(before, edited)], [true, false]);
  rmSync(join(folder, 'a.ts'));
  assert.ok(isNewer(codeId(folder, '1.2.3'), edited), 'a removal is a change');
});

test('calls a later version newer whatever the age of its files, and the same code not newer', () => {
  assert.equal(isNewer('1.10.0+a.0', '1.9.9+z.0'), true);
  assert.equal(isNewer('1.9.9+z.0', '1.10.0+a.0'), false);
  assert.equal(isNewer('1.0.0+a.1', '1.0.0+a.1'), false);
  assert.equal(isNewer('1.0.0+a.1', 'nonsense'), true);
  assert.match(packageVersion(), /^\d+\.\d+\.\d+/);
});
