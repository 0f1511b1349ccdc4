import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFileAtomic } from './atomic-file.ts';

test('a file is replaced as a whole, private, and nothing else is left in its directory', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ao-atomic-'));
  try {
    const path = join(dir, 'state.json');
    await writeFileAtomic(path, 'a'.repeat(1_000_000));
    const writing = writeFileAtomic(path, 'b'.repeat(1_000_000));
    const progress = { finished: false };
    void writing.then(() => (progress.finished = true));
    while (!progress.finished) assert.match(await readFile(path, 'utf8'), /^(a{1000000}|b{1000000})$/);
    await writing;
    assert.equal((await readFile(path, 'utf8'))[0], 'b');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(dir), ['state.json']);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a write that fails leaves no draft behind', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ao-atomic-'));
  try {
    await mkdir(join(dir, 'taken'));
    await assert.rejects(writeFileAtomic(join(dir, 'taken'), 'x'), { code: 'EISDIR' });
    assert.deepEqual(await readdir(dir), ['taken']);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
