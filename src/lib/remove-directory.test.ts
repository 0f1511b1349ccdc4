import assert from 'node:assert/strict';
import { access, chmod, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { removeDirectory } from './remove-directory.ts';

test('a directory goes with its read-only parts, and what its links lead to stays', async () => {
  const place = await mkdtemp(path.join(tmpdir(), 'ao-test-'));
  try {
    const [doomed, kept] = [path.join(place, 'doomed'), path.join(place, 'kept')];
    await mkdir(path.join(doomed, 'locked/inner'), { recursive: true });
    await mkdir(kept);
    await writeFile(path.join(kept, 'file'), 'kept');
    await writeFile(path.join(doomed, 'locked/inner/file'), 'x');
    await symlink(kept, path.join(doomed, 'locked/link'));
    await chmod(path.join(doomed, 'locked/inner'), 0o500);
    await chmod(path.join(doomed, 'locked'), 0o500);
    await removeDirectory(doomed);
    await assert.rejects(lstat(doomed));
    assert.equal(await readFile(path.join(kept, 'file'), 'utf8'), 'kept');
    await symlink(kept, doomed);
    await removeDirectory(doomed);
    await assert.rejects(lstat(doomed));
    await access(path.join(kept, 'file'));
    await removeDirectory(path.join(place, 'never-was'));
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});
