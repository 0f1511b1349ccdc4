import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { hasTmux } from '../../../../test/scenarios/support/terminal.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { ServerWatch } from './server-watch.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'ao-watch-'));
const socket = join(folder, 's');
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the watch on a tmux server', { skip: hasTmux ? false : 'there is no tmux' }, () => {
  const tmux = async (...args: string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args])).stdout.trim();
  let told: string[] = [];
  const watch = new ServerWatch();
  const listen = (who: string): (() => void) => watch.listen(socket, () => told.push(who));

  beforeEach(() => {
    told = [];
  });

  test('tells everybody once that the server was killed, and whoever comes later, too', async () => {
    await tmux('new-session', '-d', 'sleep 60');
    const leave = [listen('one'), listen('two')];
    // An answer to a later client shows that the server has met us.
    process.kill(Number(await tmux('display-message', '-p', '#{pid}')), 'SIGKILL');
    await waitFor('the news', () => told.length === 2);
    leave.push(listen('late'));
    await waitFor('the news for the late one', () => told.length === 3);
    assert.deepEqual(told, ['one', 'two', 'late']);
    for (const end of leave) end();
    assert.deepEqual(told, ['one', 'two', 'late']);
  });

  /** It closes its socket after it has told everybody. */
  const untilGone = (): Promise<boolean> =>
    waitFor('the end of the server', () =>
      tmux('list-sessions').then(
        () => false,
        () => true,
      ),
    );

  test('lets a server that is told to end go', async () => {
    await tmux('new-session', '-d', 'sleep 60');
    const leave = listen('one');
    await tmux('kill-server');
    await waitFor('the news', () => told.length === 1);
    await untilGone();
    leave();
  });

  test('holds a server up no longer than somebody listens, who is told nothing then', async () => {
    await tmux('new-session', '-d', '-s', 'agent', 'sleep 60');
    const leave = [listen('one'), listen('two')];
    await tmux('kill-session', '-t', '=agent');
    assert.equal(await tmux('list-sessions'), '');
    for (const end of leave) end();
    await untilGone();
    assert.deepEqual(told, []);
  });
});
