import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { hasTmux } from '../../../../test/scenarios/support/terminal.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { Connections } from './connections.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'ao-connection-'));
const socket = join(folder, 's');
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the connection to a tmux server', { skip: hasTmux ? false : 'there is no tmux' }, () => {
  const tmux = async (...args: string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args])).stdout.trim();

  const terminal = (session: string): { socket: string; session: string } => ({ socket, session });
  const clientSession = (): Promise<string> => tmux('list-clients', '-F', '#{client_session}');

  test('tells everybody who watches that the server was killed, and starts none', async () => {
    for (const session of ['one', 'two']) await tmux('new-session', '-d', '-s', session, 'sleep 60');
    const connections = new Connections();
    let told = 0;
    const hold = (session: string): (() => void) => connections.hold(terminal(session), () => (told += 1));
    const leave = [hold('one'), hold('two')];
    await waitFor('the connection', clientSession);
    process.kill(Number(await tmux('display-message', '-p', '#{pid}')), 'SIGKILL');
    await waitFor('the news, and that there is still no server', () => told === 4);
    leave.push(hold('three'));
    await waitFor('the news that there is still none', () => told === 7);
    for (const end of leave) end();
    await assert.rejects(tmux('list-sessions'), /no server running|error connecting/);
  });

  test('goes to another session when the one that it is in is removed, and ends with the last that is watched', async () => {
    for (const session of ['one', 'two']) await tmux('new-session', '-d', '-s', session, 'sleep 60');
    const connections = new Connections();
    const leave = ['one', 'two'].map((session) => connections.hold(terminal(session), () => {}));
    await waitFor('the connection', async () => (await clientSession()) === 'one');
    await connections.remove(terminal('one'));
    await waitFor('the connection', async () => (await clientSession()) === 'two');
    for (const end of leave) end();
    await waitFor('its end', async () => (await clientSession()) === '');
    assert.equal(await tmux('list-sessions', '-F', '#{session_name}'), 'two');
    await connections.remove(terminal('two'));
    await connections.remove(terminal('two'));
  });
});
