import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DiskBlocked, diskFaultOf, isProvenDiskFault } from './disk-fault.ts';
import { GitError } from './git.ts';

const home = '/data/ao';

function systemError(code: string, path = '/elsewhere/x'): Error {
  return Object.assign(new Error(`${code}: said the system`), { code, path });
}

test('what the system says of a disk is recognised, also inside other errors', () => {
  assert.equal(diskFaultOf(systemError('ENOSPC'), home), 'full');
  assert.equal(diskFaultOf(systemError('EDQUOT'), home), 'full');
  assert.equal(diskFaultOf(systemError('EIO'), home), 'failing');
  assert.equal(diskFaultOf(systemError('EROFS'), home), 'read-only');
  assert.equal(diskFaultOf(new DiskBlocked('the disk is full'), home), 'failing');
  const wrapped = new Error('no workspace', { cause: new Error('why', { cause: systemError('ENOSPC') }) });
  assert.equal(diskFaultOf(wrapped, home), 'full');
});

test('a full device is recognised as the real system reports it', () => {
  assert.throws(
    () => writeFileSync('/dev/full', 'x'),
    (error) => diskFaultOf(error, home) === 'full',
  );
});

test('SQLite is recognised by its codes, extended ones too, and only by those of the disk', () => {
  const sqlite = (errcode: number): Error => Object.assign(new Error('sqlite'), { errcode });
  assert.equal(diskFaultOf(sqlite(13), home), 'full');
  assert.equal(diskFaultOf(sqlite(10 | (4 << 8)), home), 'failing');
  assert.equal(diskFaultOf(sqlite(8 | (1 << 8)), home), 'read-only');
  assert.equal(diskFaultOf(sqlite(5), home), null, 'busy');
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (x)');
  database.exec('PRAGMA max_page_count = 3');
  const fill = database.prepare('INSERT INTO t VALUES (zeroblob(20000))');
  assert.throws(
    () => fill.run(),
    (error) => diskFaultOf(error, home) === 'full',
  );
});

test('a refused permission is a fault of the disk only in our own directory', () => {
  assert.equal(diskFaultOf(systemError('EACCES', '/data/ao/runs/1'), home), 'closed');
  assert.equal(diskFaultOf(systemError('EPERM', home), home), 'closed');
  assert.equal(diskFaultOf(systemError('EACCES', '/data/aorta/x'), home), null);
});

test('a directory of ours that cannot be made is a fault of the disk, as Node tells it', () => {
  const told = Object.assign(systemError('ENOENT', '/data/ao/runs/1'), { syscall: 'mkdir' });
  assert.equal(diskFaultOf(told, home), 'failing');
  assert.equal(isProvenDiskFault(told, home), true);
  assert.equal(diskFaultOf(told, '/data/other'), null);
  assert.equal(diskFaultOf(systemError('ENOENT', '/data/ao/runs/1'), home), null);
});

test('what git says and what is not permitted proves nothing by itself', () => {
  assert.equal(isProvenDiskFault(new Error('wrapped', { cause: systemError('EIO') }), home), true);
  assert.equal(isProvenDiskFault(new GitError('No space left on device', 128), home), false);
  assert.equal(isProvenDiskFault(systemError('EACCES', '/data/ao/x'), home), false);
});

test('git is recognised by its words, and nobody else is', () => {
  const said = (text: string): unknown => diskFaultOf(new GitError(text, 128), home);
  assert.equal(said('git add: error: unable to write loose object file: No space left on device'), 'full');
  assert.equal(said('git read-tree: fatal: unable to write new index file'), 'full');
  assert.equal(said('git init: fatal: cannot mkdir x: Read-only file system'), 'read-only');
  assert.equal(said('git fetch: fatal: read error: Input/output error'), 'failing');
  assert.equal(said('git merge: fatal: refusing to merge unrelated histories'), null);
  assert.equal(diskFaultOf(new Error('npm: No space left on device'), home), null);
  assert.equal(diskFaultOf('ENOSPC', home), null);
});
