import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { homePaths, socketPath } from './ao-home.ts';

const folder = mkdtempSync(join(tmpdir(), 'ao-home-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the data directory is AO_HOME, else below the XDG state directory, else below HOME', () => {
  const home = (env: Record<string, string>): string => homePaths(env).home;
  assert.equal(home({ AO_HOME: '/a', XDG_STATE_HOME: '/s', HOME: '/h' }), '/a');
  assert.equal(home({ AO_HOME: 'a' }), resolve('a'));
  assert.equal(home({ AO_HOME: '', XDG_STATE_HOME: '/s', HOME: '/h' }), '/s/ao');
  assert.equal(home({ XDG_STATE_HOME: 'relative', HOME: '/h' }), '/h/.local/state/ao');
  assert.equal(homePaths({ AO_HOME: '/a' }).info, '/a/daemon.json');
});

test('a socket that would have too long a path goes into a private directory of its own', () => {
  assert.equal(socketPath('/a', 'x.sock', {}), '/a/x.sock');
  const long = `/${'x'.repeat(150)}`;
  const path = socketPath(long, 'x.sock', { XDG_RUNTIME_DIR: folder });
  assert.equal(dirname(dirname(path)), folder);
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  assert.equal(socketPath(long, 'x.sock', { XDG_RUNTIME_DIR: folder }), path, 'the same each time');
  assert.notEqual(socketPath(`${long}y`, 'x.sock', { XDG_RUNTIME_DIR: folder }), path);
});

test('a directory that others can open, or that is a link, is not taken for a private one', () => {
  const runtime = mkdtempSync(join(folder, 'r-'));
  const long = `/${'z'.repeat(150)}`;
  const first = dirname(socketPath(long, 'x.sock', { XDG_RUNTIME_DIR: runtime }));
  chmodSync(first, 0o755);
  const second = socketPath(long, 'x.sock', { XDG_RUNTIME_DIR: runtime });
  assert.equal(second.startsWith(runtime), false);
  rmSync(first, { recursive: true });
  symlinkSync(dirname(second), first);
  assert.equal(socketPath(long, 'x.sock', { XDG_RUNTIME_DIR: runtime }).startsWith(runtime), false);
  assert.deepEqual(readdirSync(runtime).length, 1);
  rmSync(dirname(second), { recursive: true });
});
