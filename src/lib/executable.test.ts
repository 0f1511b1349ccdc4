import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findExecutable } from './executable.ts';

test('a program is found as the system would find it', async () => {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'ao-executable-')));
  try {
    await mkdir(join(dir, 'one/tool'), { recursive: true });
    await mkdir(join(dir, 'two'));
    await writeFile(join(dir, 'one/plain'), '', { mode: 0o644 });
    for (const name of ['two/tool', 'two/plain', 'here'])
      await writeFile(join(dir, name), '', { mode: 0o755 });
    const PATH = `${dir}/none:one:${dir}/two`;
    const find = (name: string, env: Record<string, string> = { PATH }) => findExecutable(name, dir, env);
    assert.deepEqual(await find('tool'), { path: join(dir, 'two/tool') }, 'a directory is not a program');
    assert.deepEqual(await find('plain'), { path: join(dir, 'two/plain') });
    assert.deepEqual(await find('./here'), { path: join(dir, 'here') });
    assert.deepEqual(await find('plain', { PATH: `${dir}/one` }), { path: null, why: 'not executable' });
    assert.deepEqual(
      await find('here'),
      { path: null, why: 'missing' },
      'the current directory is not searched',
    );
    assert.deepEqual(await find(''), { path: null, why: 'missing' });
    assert.match(String((await find('sh', {})).path), /\/bin\/sh$/);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
