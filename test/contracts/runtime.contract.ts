import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AoError } from '../../src/domain/errors.ts';
import type { RuntimeHandle } from '../../src/domain/task.ts';
import { Redactor } from '../../src/lib/redact.ts';
import type { Runtime, StartSpec } from '../../src/ports/runtime.ts';
import { waitFor } from '../support/wait-for.ts';

/** Programs that a runtime is tried with, as the `argv` that starts them there. */
export interface RuntimePrograms {
  /** Prints `hello\n`, ends with status 7. */
  greet: string[];
  /** Copies its input to its output, up to the end of that. */
  copy: string[];
  /** Prints `<PLANTED> <AO_MARK> <HOME>\n`, each `-` where it is not set. */
  environment: string[];
  /** Prints `ready\n`, then waits for ever; a polite end ends it. */
  hang: string[];
  /** Prints `ready\n`, then waits for ever, whatever politeness does. */
  stubborn: string[];
  /** Prints `floodBytes` bytes: the letter `f`. */
  flood: string[];
  /** Prints `ready\n`, reads a line, prints `read <line>\n` and ends. */
  answer: string[];
  /** Prints `ready\n`, then adds every byte that it reads to the file `received` of its directory. */
  record: string[];
  /** The same, slowly. */
  recordSlowly: string[];
  /** Tells two events, `one known-secret-value\n`, and `two\n` when it has read a line, and ends. */
  report: string[];
}

export const floodBytes = 3_000_000;

export interface RuntimeTraits {
  /** What a newline that a program prints is in its output: a terminal makes carriage return and line feed of it. */
  newline?: string;
  /** Tried in pid namespaces. */
  isolated?: boolean;
  /** What a program reads where `text` was written to it. */
  received?: (text: string) => string;
  /** Programs run in a terminal. */
  terminal?: boolean;
  /** Its programs are processes of their own, on a system that tells what one uses. */
  tellsResources?: boolean;
  /** Why it cannot be tried here. */
  skip?: string | false;
}

/** What every runtime must do; see the contract in `src/ports/runtime.ts`. */
export function runtimeContract(
  name: string,
  make: () => Runtime,
  programs: RuntimePrograms,
  {
    newline = '\n',
    isolated = false,
    received = (text) => text,
    terminal = false,
    tellsResources = process.platform === 'linux',
    skip = false,
  }: RuntimeTraits = {},
): void {
  describe(`the ${name} runtime${isolated ? ' with pid namespaces' : ''}`, { skip }, () => {
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
        mark: `m-${isolated ? 'isolated-' : ''}${dirs.length}-${process.pid}`,
        isolated,
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

    test('masks secrets in what it keeps of a program that has ended, and every other byte stays', async () => {
      const handle = await start(programs.copy, { input: 'a known-secret-value b' });
      await outputOf(handle);
      await runtime.stop(handle, 0);
      for (let again = 0; again < 2; again += 1) {
        await runtime.seal(handle, new Redactor(['known-secret-value']));
        assert.equal(await outputOf(handle), 'a [redacted]******** b');
        assert.doesNotMatch(await runtime.written(handle), /secret/);
      }
    });

    test('gives up the oldest output, and the rest keeps its places', async () => {
      const handle = await start(programs.flood);
      await outputOf(handle);
      await runtime.stop(handle, 0);
      assert.equal(await runtime.keptFrom(handle), 0);
      await runtime.forget(handle, 1_000_000);
      assert.equal(await runtime.keptFrom(handle), 1_000_000);
      await runtime.seal(handle, new Redactor(['known-secret-value']));
      assert.equal(await outputOf(handle), 'f'.repeat(floodBytes - 1_000_000));
      const rest: Uint8Array[] = [];
      for await (const bytes of runtime.follow(handle, 2_500_000, never)) rest.push(bytes);
      assert.equal(Buffer.concat(rest).toString(), 'f'.repeat(floodBytes - 2_500_000));
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

    test('finds a session by its place and mark alone, as whoever starts it may die before the handle is kept', async () => {
      const { dir, mark, cwd = dir } = await start(programs.hang);
      const found = await runtime.find({ dir, cwd, mark, input: '' });
      assert.deepEqual(await runtime.observe(found), { state: 'running' });
      await runtime.stop(found, 5000);
      assert.deepEqual(await runtime.wait(found, never), { state: 'exited', code: null, signal: 'SIGTERM' });
      const none = await runtime.find({ dir: tmpdir(), cwd: tmpdir(), mark: `${mark}-of-nobody`, input: '' });
      assert.deepEqual(await runtime.observe(none), { state: 'gone' });
    });

    test('tells what a program uses while it runs, where anybody can, and nothing of one that has ended', async () => {
      const [running, other] = [await start(programs.hang), await start(programs.hang)];
      await untilReady(running);
      await runtime.stop(other, 0);
      const [used, none] = await runtime.resources([running, other]);
      assert.equal(none, null);
      if (!tellsResources) return assert.equal(used, null);
      assert.ok(used && used.processes > 0 && used.memoryBytes > 10_000 && used.cpuMs >= 0);
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

    test('gives a running program the line that is written to it', async () => {
      const handle = await start(programs.answer, { input: null });
      await untilReady(handle);
      assert.deepEqual(await runtime.observe(handle), { state: 'running' });
      await runtime.write(handle, 'ünïcode 🙂\n');
      assert.match(await outputOf(handle), /read ünïcode 🙂/);
    });

    test('gives it also to a program that had to be found', async () => {
      const { dir, mark, cwd = dir } = await start(programs.answer, { input: null });
      const found = await runtime.find({ dir, cwd, mark, input: null });
      await untilReady(found);
      await runtime.write(found, 'hello\n');
      assert.match(await outputOf(found), /read hello/);
    });

    async function recording(argv: string[], texts: readonly string[]): Promise<void> {
      const handle = await start(argv, { input: null });
      await untilReady(handle);
      const whole = Buffer.from(texts.map((text) => received(text)).join(''));
      await Promise.all(texts.map((text) => runtime.write(handle, text)));
      const file = join(handle.dir, 'received');
      const soFar = (): Promise<Buffer> => readFile(file).catch(() => Buffer.alloc(0));
      await waitFor('all that was written', async () => (await soFar()).length >= whole.length, 30_000);
      assert.ok(whole.equals(await soFar()), 'it has the right length and other bytes');
      await runtime.stop(handle, 0);
    }

    test('passes texts on whole and in order, from nothing to a megabyte', async () => {
      const big = `${'a line of sixteen bytes, ünïcode 🙂\n'.repeat(28_000)}\n`;
      assert.ok(Buffer.byteLength(big) > 1_000_000);
      await recording(programs.record, ['', 'x', 'one\n', '\n', big, 'two\n', 'no end']);
    });

    test('passes a megabyte on to a program that reads slowly', async () => {
      await recording(programs.recordSlowly, [`${'0123456789 '.repeat(96_000)}\n`, 'behind it\n']);
    });

    test('passes on any text', async () => {
      const keys = ['C-c', 'Enter', '-x', ';', '\\;', '#{pid}', '$(id)', '\'"`', '%end 1 1 1', '~.', '\t'];
      const controls = [
        '\u0003',
        '\u0004',
        '\u001b[201~rm',
        '\u009b201~',
        '\r',
        '\r\n',
        '\0',
        '\u007f',
        '\u0090',
      ];
      const escapes = [
        '\u001b]52;c;eA==\u0007',
        '\u001b[A',
        '\u001b[20\u001b[201~1~',
        '\u202e',
        '👩‍👩‍👧',
        'e\u0301',
      ];
      const everywhere = Array.from({ length: 1500 }, (_, at) => (at < 800 ? at : (at - 700) * 1391));
      const texts = [...keys, ...controls, ...escapes, String.fromCodePoint(...everywhere).toWellFormed()];
      await recording(programs.record, [texts.join(' '), ...texts]);
    });

    if (terminal) {
      test('says that a terminal has no end of input', async () => {
        const handle = await start(programs.record, { input: null });
        await assert.rejects(runtime.endInput(handle), { name: 'AoError', code: 'conflict' });
        assert.equal(await runtime.written(handle), '');
      });
    } else {
      test('keeps what was written, and ends the input behind it', async () => {
        const handle = await start(programs.copy, { input: null });
        await runtime.write(handle, 'one\nünïcode');
        assert.equal(await runtime.written(handle), 'one\nünïcode');
        await runtime.endInput(handle);
        assert.equal(await outputOf(handle), 'one\nünïcode');
        await runtime.endInput(handle);
        assert.deepEqual(await runtime.wait(handle, never), { state: 'exited', code: 0, signal: null });
      });
    }

    test('follows what a program tells beside its output, while it runs and again when it has ended', async () => {
      const handle = await start(programs.report, { input: null });
      const events = async function (): Promise<string> {
        const pieces: Uint8Array[] = [];
        for await (const bytes of runtime.followEvents(handle, never)) pieces.push(bytes);
        return Buffer.concat(pieces).toString();
      };
      let text = '';
      for await (const bytes of runtime.followEvents(handle, never)) {
        if (text === '') await runtime.write(handle, 'go on\n');
        text += Buffer.from(bytes).toString();
      }
      assert.equal(text, 'one known-secret-value\ntwo\n');
      await runtime.stop(handle, 0);
      assert.equal(await events(), text);
      await runtime.seal(handle, new Redactor(['known-secret-value']));
      assert.match(await events(), /^one \[redacted\]\*+\ntwo\n$/);
    });

    test(`${terminal ? 'presses keys' : 'says that there are no keys'}`, async () => {
      const handle = await start(programs.answer, { input: null });
      await untilReady(handle);
      if (terminal) {
        await runtime.press(handle, ['y', 'x', 'BSpace', 'Space', ';', 'Enter']);
        assert.match(await outputOf(handle), /read y ;/);
      } else await assert.rejects(runtime.press(handle, ['y']), { name: 'AoError', code: 'conflict' });
    });

    test('rejects what is written to a program that reads no more, or was never to read', async () => {
      const refused = { name: 'AoError', code: 'conflict' };
      const ended = await start(programs.greet, { input: null });
      await runtime.wait(ended, never);
      await assert.rejects(runtime.write(ended, 'late\n'), refused);
      const closed = await start(programs.hang);
      await assert.rejects(runtime.write(closed, 'unwanted\n'), refused);
      assert.deepEqual(await runtime.observe(closed), { state: 'running' });
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
