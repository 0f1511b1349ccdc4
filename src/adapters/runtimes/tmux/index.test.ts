import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  floodBytes,
  type RuntimeTraits,
  runtimeContract,
} from '../../../../test/contracts/runtime.contract.ts';
import { hasTmux } from '../../../../test/scenarios/support/terminal.ts';
import { noNamespaces } from '../../../../test/support/pid-namespaces.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { readStartTime } from '../../../lib/process-table.ts';
import type { StartSpec } from '../../../ports/runtime.ts';
import { callsDuring } from '../test-support/tmux-calls.ts';
import { tmuxRuntime } from './index.ts';
import { typableText } from './typable-text.ts';

const run = promisify(execFile);

const sh = (script: string): string[] => ['/bin/sh', '-c', script];
const skip = hasTmux ? false : 'there is no tmux';
const folder = mkdtempSync(join(tmpdir(), 'ao-tmux-'));
const socket = join(folder, 's');
after(() => rmSync(folder, { recursive: true, force: true }));

const recorder = join(import.meta.dirname, '../test-support/record-input.ts');
const programs = {
  greet: sh('echo hello; exit 7'),
  copy: ['/bin/cat'],
  environment: sh('echo "${PLANTED:--} ${AO_MARK:--} ${HOME:--}"'),
  hang: sh('echo ready; exec sleep 60'),
  stubborn: sh('trap "" TERM; echo ready; exec sleep 60'),
  flood: sh(`head -c ${floodBytes} /dev/zero | tr '\\0' f`),
  answer: sh('echo ready; read line; echo "read $line"'),
  record: [process.execPath, recorder],
  recordSlowly: [process.execPath, recorder, 'slow'],
  report: sh('echo one known-secret-value >>events.jsonl; read line; echo two >>events.jsonl'),
};
const received = (text: string): string => typableText(text).replace(/\n$/, '\r');
const traits: RuntimeTraits = { newline: '\r\n', terminal: true, received, skip };
runtimeContract('tmux', () => tmuxRuntime(socket), programs, traits);
runtimeContract('tmux', () => tmuxRuntime(socket), programs, {
  ...traits,
  isolated: true,
  skip: skip || noNamespaces,
});

describe('the tmux runtime', { skip }, () => {
  const runtime = tmuxRuntime(socket);
  const never = new AbortController().signal;
  const started: RuntimeHandle[] = [];
  const tmux = async (...args: string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, ...args])).stdout.trim();

  after(async () => {
    await stopAll();
  });

  async function start(argv: string[], more: Partial<StartSpec> = {}): Promise<RuntimeHandle> {
    const dir = await mkdtemp(join(folder, 'session-'));
    const env = { PATH: process.env['PATH'] ?? '', TERM: 'dumb' };
    const mark = `own:${started.length}.${process.pid}`;
    const handle = await runtime.start({ argv, env, cwd: dir, dir, input: '', mark, ...more });
    started.push(handle);
    return handle;
  }

  /** Nothing is left of those that are gone. */
  async function stopAll(): Promise<void> {
    for (const handle of started) {
      if ((await runtime.observe(handle)).state !== 'gone') await runtime.stop(handle, 50);
    }
  }

  async function outputOf(handle: RuntimeHandle): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of runtime.follow(handle, 0, never)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  async function loses(handle: RuntimeHandle, pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    await waitFor(`the end of ${pid}`, async () => (await readStartTime(pid)) === null);
    assert.deepEqual(await runtime.wait(handle, never), { state: 'gone' });
  }

  const untilPrinted = (handle: RuntimeHandle, text: string): Promise<true> =>
    waitFor(text, async () => (await readFile(join(handle.dir, 'output.log'), 'utf8')).includes(text));

  test('gives an agent without input the terminal to read, and one with input the terminal to print to', async () => {
    const tell = sh(
      'for fd in 0 1 2; do test -t $fd && printf "%s " $fd; done; echo "$TERM $(stty size </dev/tty)"',
    );
    assert.equal(await outputOf(await start(tell)), '0 1 2 screen-256color 50 200\r\n');
    assert.equal(await outputOf(await start(tell, { input: 'x' })), '1 2 screen-256color 50 200\r\n');
  });

  test('hands arguments, variables and paths over whole, whatever they hold', async () => {
    const odd = ['', ';', "it's; ", '$(touch ran)', '#{pid} #[x] %H', 'two\nlines', '-x', 'ünï', '"`\\'];
    const dir = await mkdtemp(join(folder, "it's $(x) #{pid}#[y] %H ;"));
    const env = { PATH: process.env['PATH'] ?? '', ODD: odd.join('|') };
    const argv = sh('for word; do printf "<%s>" "$word"; done; printf "[%s]" "$ODD" "$PWD"');
    const handle = await start([...argv, 'sh', ...odd], { dir, cwd: dir, env });
    const words = `${odd.map((word) => `<${word}>`).join('')}[${odd.join('|')}][${dir}]`;
    assert.equal(await outputOf(handle), words.replaceAll('\n', '\r\n'));
    assert.deepEqual((await readdir(dir)).toSorted(), ['events.jsonl', 'exit', 'input', 'output.log', 'pid']);
    await assert.rejects(start(['/bin/echo', 'x'.repeat(200_000)]), /arguments .* too long/);
    await assert.rejects(start(['/bin/echo', 'a\0b']), /NUL/);
  });

  test('tells what size a terminal was given by whoever entered it, wherever its files are', async () => {
    const dir = await mkdtemp(join(folder, "it's $(touch ran) #{pid}#[y] %H ;"));
    const handle = await start(sh('exec sleep 60'), { dir, cwd: dir });
    assert.deepEqual(await runtime.terminalSize(handle), { columns: 200, rows: 50 });
    for (const [columns, rows] of [
      [81, 24],
      [240, 66],
    ] as const) {
      const name = `=${handle.terminal?.session}:`;
      await tmux('resize-window', '-t', name, '-x', String(columns), '-y', String(rows));
      await waitFor('its new size', async () => (await runtime.terminalSize(handle))?.columns === columns);
      assert.deepEqual(await runtime.terminalSize(handle), { columns, rows });
    }
    assert.equal((await readdir(dir)).includes('ran'), false);
    await writeFile(join(dir, 'size'), '4000000000 4000000000\n'); // by the agent: nobody could draw that
    assert.deepEqual(await runtime.terminalSize(handle), { columns: 1000, rows: 1000 });
  });

  test('says why a program could not be executed, and leaves no pane', async () => {
    const dir = await mkdtemp(join(folder, 'broken-'));
    await writeFile(join(dir, 'tool'), '#!/no/such/interpreter\n', { mode: 0o755 });
    await assert.rejects(
      start([join(dir, 'tool')], { mark: 'broken' }),
      /could not be executed: .*not found/,
    );
    await assert.rejects(tmux('has-session', '-t', '=broken'));
  });

  test('a killed server ends its agents as gone, and the next start brings it back', async () => {
    const handle = await start(sh('echo working; exec sleep 60'));
    await untilPrinted(handle, 'working');
    await loses(handle, Number(await tmux('display-message', '-p', '#{pid}')));
    assert.equal(await outputOf(handle), 'working\r\n');
    await runtime.stop(handle, 0);
    assert.equal(await outputOf(await start(sh('echo back'))), 'back\r\n');
  });

  test('an agent that outlives its server is seen to run, and is stopped', async () => {
    const handle = await start(sh('trap "" HUP; echo working; while :; do sleep 0.05; done'));
    await untilPrinted(handle, 'working');
    process.kill(Number(await tmux('display-message', '-p', '#{pid}')), 'SIGKILL');
    await waitFor('the end of its shell', async () => (await readStartTime(handle.pid)) === null);
    assert.deepEqual(await runtime.observe(handle), { state: 'running' });
    await runtime.stop(handle, 1000);
    assert.deepEqual(await runtime.observe(handle), { state: 'gone' });
  });

  const onLinux = { skip: process.platform === 'linux' ? false : 'it looks into /proc' };
  test(
    'a session that has ended keeps its terminal until all that it printed was read',
    onLinux,
    async () => {
      const handle = await start(sh('until test -e go; do sleep 0.02; done; echo "last words"'));
      const server = Number(await tmux('display-message', '-p', '#{pid}'));
      process.kill(server, 'SIGSTOP');
      try {
        await writeFile(join(handle.dir, 'go'), '');
        assert.equal((await runtime.wait(handle, never)).state, 'exited');
        await waitFor('the shell to let go of the terminal', () =>
          readlink(`/proc/${handle.pid}/fd/2`).then(
            (path) => path === '/dev/null',
            () => false, // in between it is closed
          ),
        );
      } finally {
        process.kill(server, 'SIGCONT');
      }
      assert.equal(await outputOf(handle), 'last words\r\n');
      await waitFor('the end of the shell', async () => (await readStartTime(handle.pid)) === null);
    },
  );

  test('stopping ends what got away from the terminal, then the pane, and the server with its last one', async () => {
    const handle = await start(
      sh('setsid sh -c \'trap "" TERM HUP; echo $$ >away; exec sleep 60\' & echo working; exec sleep 60'),
    );
    const away = await waitFor('its pid', () => readFile(join(handle.dir, 'away'), 'utf8').catch(() => ''));
    await stopAll();
    assert.equal(await readStartTime(Number(away)), null);
    assert.equal((await runtime.observe(handle)).state, 'exited');
    await waitFor('the end of the server', () =>
      tmux('list-sessions').then(
        () => false,
        () => true,
      ),
    );
  });

  test('finds by its mark what nobody wrote a handle of', async () => {
    const { dir, mark } = await start(sh('echo working; exec sleep 60'));
    await runtime.stop({ runtime: 'tmux', pid: 0, startTime: '', dir, mark }, 50);
    await waitFor('the end of the server', () =>
      tmux('list-sessions').then(
        () => false,
        () => true,
      ),
    );
  });

  test('calls tmux to start and to stop, never to look', async () => {
    const calls = await callsDuring(folder, async () => {
      const handle = await start(sh('echo working; read line; echo done'));
      await untilPrinted(handle, 'working');
      await runtime.observe(handle);
      const output = outputOf(handle);
      await runtime.stop(handle, 1000);
      assert.equal((await runtime.wait(handle, never)).state, 'exited');
      assert.equal(await output, 'working\r\n');
    });
    assert.equal(calls, 2);
  });

  test('starts a server that ends at that moment anew, and gives up when it ends every time', async () => {
    await start(sh('exec sleep 60')); // else the server of the test before may be ending in earnest, and take a try
    const there = async (): Promise<void> =>
      assert.equal(await outputOf(await start(sh('echo there'))), 'there\r\n');
    assert.equal(await callsDuring(folder, there, { failing: 2 }), 3);
    const inVain = (): Promise<void> =>
      assert.rejects(start(sh('echo never')), /tmux could not start a terminal: lost server/);
    assert.equal(await callsDuring(folder, inVain, { failing: 99 }), 3);
  });

  test('says what to install where there is no tmux', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      const install = { name: 'AoError', message: /tmux was not found/, hint: /Install tmux/ };
      await assert.rejects(async () => runtime.ready?.(), install);
      await assert.rejects(start(['/bin/echo'], { env: {} }), install);
    } finally {
      process.env['PATH'] = before;
    }
  });
});
