import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AoError } from '../../src/domain/errors.ts';
import type { RuntimeHandle } from '../../src/domain/task.ts';
import type { Runtime, StartSpec } from '../../src/ports/runtime.ts';

/** Programs that a runtime is tried with, as the `argv` that starts them there. */
export interface RuntimePrograms {
  /** Prints `hello\n`, ends with status 7. */
  greet: string[];
  /** Copies its input to its output. */
  copy: string[];
  /** Prints `<PLANTED> <AO_MARK> <HOME>\n`, each `-` where it is not set. */
  environment: string[];
  /** Prints `ready\n`, then waits for ever; a polite end ends it. */
  hang: string[];
  /** Prints `ready\n`, then waits for ever, whatever politeness does. */
  stubborn: string[];
  /** Prints `floodBytes` bytes: the letter `f`. */
  flood: string[];
}

export const floodBytes = 3_000_000;

export interface RuntimeTraits {
  /** What a newline that a program prints is in its output: a terminal makes carriage return and line feed of it. */
  newline?: string;
  /** Why it cannot be tried here. */
  skip?: string | false;
}

/** What every runtime must do; see the contract in `src/ports/runtime.ts`. */
export function runtimeContract(
  name: string,
  make: () => Runtime,
  programs: RuntimePrograms,
  { newline = '\n', skip = false }: RuntimeTraits = {},
): void {
  describe(`the ${name} runtime`, { skip }, () => {
    const runtime = make();
    const never = new AbortController().signal;
    const dirs: string[] = [];
    const started: RuntimeHandle[] = [];

    after(async () => {
      for (const handle of started) await runtime.stop(handle, 0);
      for (const dir of dirs) await rm(dir, { recursive: true, force: true });
    });

    async function start(argv: string[], more: Partial<StartSpec> = {}): Promise<RuntimeHandle> {
      const dir = await mkdtemp(join(tmpdir(), 'ao-runtime-'));
      dirs.push(dir);
      const env = { PATH: process.env['PATH'] ?? '' };
      const handle = await runtime.start({
        argv,
        env,
        cwd: dir,
        dir,
        input: '',
        mark: `m-${dirs.length}-${process.pid}`,
        ...more,
      });
      started.push(handle);
      return handle;
    }

    async function outputOf(handle: RuntimeHandle, offset = 0): Promise<string> {
      const chunks: Uint8Array[] = [];
      for await (const chunk of runtime.follow(handle, offset, never)) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    }

    async function untilReady(handle: RuntimeHandle): Promise<void> {
      let text = '';
      for await (const chunk of runtime.follow(handle, 0, AbortSignal.timeout(10_000))) {
        text += Buffer.from(chunk).toString();
        if (text.includes('ready')) return;
      }
      assert.fail('the program never said that it was ready');
    }

    test('tells how a program ended', async () => {
      const handle = await start(programs.greet);
      const end = { state: 'exited', code: 7, signal: null };
      assert.deepEqual(await runtime.wait(handle, never), end);
      assert.deepEqual(await runtime.observe(handle), end);
    });

    test('gives a program its input and then end-of-file', async () => {
      const handle = await start(programs.copy, { input: 'line one\nünïcode' });
      assert.equal(await outputOf(handle), `line one${newline}ünïcode`);
    });

    test('gives a program the environment it was told to, its mark, and nothing else', async () => {
      const handle = await start(programs.environment, {
        env: { PLANTED: 'yes' },
        mark: `the-mark-${process.pid}`,
      });
      assert.equal(await outputOf(handle), `yes the-mark-${process.pid} -${newline}`);
    });

    test('rejects a program that does not exist with a clear error', async () => {
      await assert.rejects(start(['no-such-program-anywhere']), (error) => {
        assert(error instanceof AoError);
        assert.match(error.message, /no-such-program-anywhere was not found/);
        assert.notEqual(error.hint, null);
        return true;
      });
    });

    test('sees a program run until it is stopped', async () => {
      const handle = await start(programs.hang);
      await untilReady(handle);
      assert.deepEqual(await runtime.observe(handle), { state: 'running' });
      await runtime.stop(handle, 5000);
      assert.deepEqual(await runtime.wait(handle, never), { state: 'exited', code: null, signal: 'SIGTERM' });
    });

    test('ends a program that ignores the polite signal', async () => {
      const handle = await start(programs.stubborn);
      await untilReady(handle);
      await runtime.stop(handle, 50);
      assert.deepEqual(await runtime.wait(handle, never), { state: 'exited', code: null, signal: 'SIGKILL' });
    });

    test('does nothing when what it stops has ended or is stopped twice', async () => {
      const handle = await start(programs.greet);
      await runtime.wait(handle, never);
      await runtime.stop(handle, 1000);
      await runtime.stop(handle, 1000);
      assert.equal((await runtime.observe(handle)).state, 'exited');
    });

    test('stops one session and leaves another alone', async () => {
      const [one, other] = [await start(programs.hang), await start(programs.hang)];
      await runtime.stop(one, 1000);
      assert.deepEqual(await runtime.observe(other), { state: 'running' });
    });

    test('follows output from an offset, and after the end again', async () => {
      const handle = await start(programs.greet);
      assert.equal(await outputOf(handle), `hello${newline}`);
      assert.equal(await outputOf(handle, 4), `o${newline}`);
      assert.equal(await outputOf(handle, 5 + newline.length), '');
    });

    test('follows a flood of output to its last byte', async () => {
      const handle = await start(programs.flood);
      const text = await outputOf(handle);
      assert.equal(text.length, floodBytes);
      assert.equal(text.replaceAll('f', ''), '');
    });

    test('leaves following and waiting when it is told to', async () => {
      const handle = await start(programs.hang);
      await untilReady(handle);
      const abort = new AbortController();
      const waiting = assert.rejects(runtime.wait(handle, abort.signal), { name: 'AbortError' });
      let text = '';
      for await (const chunk of runtime.follow(handle, 0, abort.signal)) {
        text += Buffer.from(chunk).toString();
        abort.abort();
      }
      assert.equal(text, `ready${newline}`);
      await waiting;
    });

    test('calls a session that it never held gone', async () => {
      const dir = await mkdtemp(join(tmpdir(), 'ao-runtime-'));
      dirs.push(dir);
      const handle = { runtime: name, pid: 2 ** 22 + 1, startTime: 'no-boot:1', dir, mark: 'never-used' };
      assert.deepEqual(await runtime.observe(handle), { state: 'gone' });
      await runtime.stop(handle, 1000);
    });
  });
}
