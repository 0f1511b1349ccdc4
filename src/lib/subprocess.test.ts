import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { waitFor } from '../../test/support/wait-for.ts';
import { readStartTime } from './process-table.ts';
import { type ProgramResult, type ProgramSpec, runProgram } from './subprocess.ts';

describe('running a program', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ao-program-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function sh(script: string, more: Partial<ProgramSpec> = {}): Promise<ProgramResult> {
    const env = { PATH: process.env['PATH'] ?? '' };
    return runProgram({ argv: ['/bin/sh', '-c', script], cwd: dir, env, maxBytes: 10_000, ...more });
  }

  const pidIn = async (name: string): Promise<number> => Number(await readFile(join(dir, name), 'utf8'));

  async function assertEnded(...names: string[]): Promise<void> {
    for (const name of names) assert.equal(await readStartTime(await pidIn(name)), null, name);
  }

  test('tells its status and its output, apart and together', async () => {
    const result = await sh('echo out; sleep 0.1; echo err >&2; sleep 0.1; echo out again; exit 3');
    assert.equal(result.exitCode, 3);
    assert.equal(result.stdout, 'out\nout again\n');
    assert.equal(result.stderr, 'err\n');
    assert.equal(result.combined, 'out\nerr\nout again\n');
    assert.deepEqual(
      [result.timedOut, result.aborted, result.truncated, result.signal],
      [false, false, false, null],
    );
  });

  test('tells the signal that ended it', async () => {
    const { exitCode, signal } = await sh('kill -ABRT $$');
    assert.deepEqual([exitCode, signal], [null, 'SIGABRT']);
  });

  test('gives it its input, an empty one where there is none, and only the environment it was told', async () => {
    assert.equal((await sh('cat', { input: 'ünïcode\n'.repeat(500) })).stdout, 'ünïcode\n'.repeat(500));
    assert.equal(
      (await sh('cat; echo "$? ${HOME:--} ${AO_MARK:-none}"', { mark: `m-${process.pid}` })).stdout,
      `0 - m-${process.pid}\n`,
    );
    assert.equal((await sh('exec <&-; exit 5', { input: 'x'.repeat(1_000_000) })).exitCode, 5);
  });

  test('keeps the head and the tail of long output and takes any bytes', async () => {
    const result = await sh('printf "first\\377\\n"; head -c 5000000 /dev/zero | tr "\\0" x; echo last', {
      maxBytes: 1000,
    });
    assert.match(result.stdout, /^first\ufffd\nx+\n\[… 4999012 bytes left out …\]\nx+last\n$/);
    assert.equal(result.truncated, true);
  });

  test('ends the whole tree at the timeout', async () => {
    const script = `trap "" TERM; setsid sh -c 'trap "" TERM; echo $$ >a; exec sleep 60' &
      (setsid nohup sh -c 'echo $$ >b; exec sleep 60' &)
      while ! test -s a || ! test -s b; do sleep 0.01; done; echo begun; exec sleep 60`;
    const result = await sh(script, { timeoutMs: 2500, graceMs: 100 });
    assert.deepEqual(
      [result.timedOut, result.exitCode, result.signal, result.stdout],
      [true, null, 'SIGKILL', 'begun\n'],
    );
    await assertEnded('a', 'b');
  });

  test('ends the whole tree on abort', async () => {
    const abort = new AbortController();
    const running = sh('sleep 60 & echo $! >a; exec sleep 60', { signal: abort.signal });
    await waitFor('the program', () => pidIn('a').catch(() => 0));
    abort.abort();
    const result = await running;
    assert.deepEqual([result.aborted, result.timedOut, result.exitCode], [true, false, null]);
    await assertEnded('a');
    assert.equal((await sh('echo x', { signal: abort.signal })).aborted, true, 'already aborted');
  });

  test('ends what was left running when it ended by itself, and does not wait for what holds its output', async () => {
    // It begins when it is spoken to: one that is over before we look at all shows no channels to find the others by.
    const result = await sh(
      `read go; sleep 60 & echo $! >a; (setsid nohup sleep 60 & echo $! >b)
       (env -i setsid sh -c 'sleep 60 & echo $! >c'); echo done`,
      { input: 'go\n' },
    );
    assert.deepEqual([result.exitCode, result.stdout], [0, 'done\n']);
    assert(result.durationMs < 5000);
    await assertEnded('a', 'b', 'c');
  });

  test('ends what escaped from everything but its private directory, also where that is a link', async () => {
    await mkdir(join(dir, 'real'));
    await symlink('real', join(dir, 'link'));
    const script = `env -i setsid sh -c 'sleep 60 >/dev/null 2>&1 & echo $! >../a'`;
    await sh(script, { cwd: join(dir, 'link'), directories: [join(dir, 'link')] });
    await assertEnded('a');
  });

  test('rejects with the reason of the system when it cannot be started', async () => {
    await assert.rejects(sh('', { argv: ['/no/such/program'] }), { code: 'ENOENT' });
    await assert.rejects(sh('', { argv: [dir] }), { code: 'EACCES' });
    await assert.rejects(sh('', { cwd: join(dir, 'none') }), { code: 'ENOENT' });
  });
});
