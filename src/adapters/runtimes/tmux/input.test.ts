import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { hasTmux } from '../../../../test/scenarios/support/terminal.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { tmuxRuntime } from './index.ts';

const run = promisify(execFile);
const recorder = join(import.meta.dirname, '../test-support/record-input.ts');
const folder = mkdtempSync(join(tmpdir(), 'ao-input-'));
const socket = join(folder, 's');
after(() => rmSync(folder, { recursive: true, force: true }));

describe('input in a terminal', { skip: hasTmux ? false : 'there is no tmux' }, () => {
  const runtime = tmuxRuntime(socket);
  const started: RuntimeHandle[] = [];
  const tmux = async (...args: string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, ...args])).stdout.trim();
  const paneOf = ({ terminal }: RuntimeHandle): string => `=${terminal?.session}:`;

  afterEach(async () => {
    for (const handle of started.splice(0)) await runtime.stop(handle, 50);
  });

  async function start(argv: string[]): Promise<RuntimeHandle> {
    const dir = await mkdtemp(join(folder, 'session-'));
    const env = { PATH: process.env['PATH'] ?? '' };
    const mark = `input:${dir.slice(-6)}.${process.pid}`;
    const handle = await runtime.start({ argv, env, cwd: dir, dir, input: null, mark });
    started.push(handle);
    await waitFor('the program', async () =>
      (await readFile(join(handle.dir, 'output.log'), 'utf8')).includes('ready'),
    );
    return handle;
  }

  const record = (...words: string[]): Promise<RuntimeHandle> =>
    start([process.execPath, recorder, ...words]);
  const received = (handle: RuntimeHandle): Promise<string> =>
    readFile(join(handle.dir, 'received'), 'utf8').catch(() => '');
  const receives = (handle: RuntimeHandle, text: string): Promise<true> =>
    waitFor(JSON.stringify(text), async () => (await received(handle)) === text);

  test('comes as one paste where the program asked for that, with Enter behind it', async () => {
    const handle = await record('bracketed');
    const delivery = await runtime.write(handle, 'two\nlines\u001b[201~!\n');
    await receives(handle, '\u001b[200~two\nlines!\u001b[201~\r');
    assert.deepEqual(delivery, { bytes: 11, reaction: true });
  });

  test('comes also while a person looks back at what was printed', async () => {
    const handle = await record();
    await tmux('copy-mode', '-t', paneOf(handle));
    await runtime.write(handle, 'hello\n');
    await receives(handle, 'hello\r');
  });

  test('says whether Enter made the program show anything', async () => {
    const handle = await start(['/bin/sh', '-c', 'stty -echo; echo ready; exec cat >/dev/null']);
    assert.deepEqual(await runtime.write(handle, 'x\n'), { bytes: 2, reaction: false });
    assert.deepEqual(await runtime.write(handle, 'x'), { bytes: 1, reaction: null });
  });

  test('has its keys apart, also where something is drawn all the time', async () => {
    const handle = await record();
    const before = performance.now();
    await runtime.press(handle, ['Escape', 'Escape']);
    assert.ok(performance.now() - before >= 400);
    await receives(handle, '\u001b\u001b');
  });

  test('has 20 KB, which a call of send-keys loses', async () => {
    const handle = await record();
    const text = 'x'.repeat(20_000);
    await assert.rejects(tmux('send-keys', '-t', paneOf(handle), '-l', text), /command too long/);
    await runtime.write(handle, text);
    await receives(handle, text);
  });
});
