import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { hasTmux, openTerminal } from '../../../../test/scenarios/support/terminal.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { initialSize } from '../../../ports/runtime.ts';
import { tmuxRuntime } from './index.ts';

const run = promisify(execFile);
const skip = hasTmux ? false : 'there is no tmux';

test('a terminal is as large as it is said to be, also while somebody is in another one', {
  skip,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'ao-size-'));
  const socket = join(folder, 's');
  const runtime = tmuxRuntime(socket);
  const start = async (mark: string) => {
    const dir = await mkdtemp(join(folder, 'session-'));
    const env = { PATH: process.env['PATH'] ?? '' };
    const argv = ['/bin/sh', '-c', 'echo ready; exec sleep 60'];
    const handle = await runtime.start({ argv, env, cwd: dir, dir, input: null, mark });
    t.after(() => runtime.stop(handle, 0));
    return handle;
  };
  t.after(async () => {
    await run('tmux', ['-S', socket, 'kill-server']).catch(() => {}); // it ends with its last session
    await rm(folder, { recursive: true, force: true });
  });
  const sizeOf = async (session = ''): Promise<string> => {
    const format = '#{window_width} #{window_height}';
    return (await run('tmux', ['-S', socket, 'display-message', '-p', '-t', `=${session}:`, format])).stdout;
  };
  const first = await start('first');
  const terminal = await openTerminal(t, {});
  await terminal.resize(60, 20);
  await terminal.type(`tmux -S ${socket} attach-session -t =${first.terminal?.session}`);
  await waitFor('somebody in it', async () => (await sizeOf(first.terminal?.session)).startsWith('60 '));
  const second = await start('second');
  assert.equal(await sizeOf(second.terminal?.session), `${initialSize.columns} ${initialSize.rows}\n`);
  assert.deepEqual(await runtime.terminalSize(second), initialSize);
  await terminal.resize(70, 20);
  await waitFor('its new size', async () => (await runtime.terminalSize(first))?.columns === 70);
});
