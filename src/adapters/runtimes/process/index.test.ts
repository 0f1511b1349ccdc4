import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { floodBytes, runtimeContract } from '../../../../test/contracts/runtime.contract.ts';
import { noNamespaces } from '../../../../test/support/pid-namespaces.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { AoError } from '../../../domain/errors.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { readStartTime } from '../../../lib/process-table.ts';
import { findMarked } from '../../../lib/process-tree.ts';
import type { StartSpec } from '../../../ports/runtime.ts';
import { processRuntime } from './index.ts';

const sh = (script: string): string[] => ['/bin/sh', '-c', script];
const run = promisify(execFile);

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
runtimeContract('process', () => processRuntime, programs);
runtimeContract('process', () => processRuntime, programs, { isolated: true, skip: noNamespaces });

describe('the process runtime', () => {
  const dirs: string[] = [];
  const started: RuntimeHandle[] = [];
  const never = new AbortController().signal;

  after(async () => {
    for (const handle of started) await processRuntime.stop(handle, 0);
    for (const dir of dirs) await rm(dir, { recursive: true, force: true });
  });

  async function newDir(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'ao-process-'));
    dirs.push(dir);
    return dir;
  }

  async function specOf(argv: string[]): Promise<StartSpec> {
    const dir = await newDir();
    return {
      argv,
      env: { PATH: process.env['PATH'] ?? '' },
      cwd: dir,
      dir,
      input: '',
      mark: `p-${dirs.length}-${process.pid}`,
    };
  }

  async function start(argv: string[]): Promise<RuntimeHandle> {
    const handle = await processRuntime.start(await specOf(argv));
    started.push(handle);
    return handle;
  }

  /** The number that a program wrote into a file of its directory, once it is whole. */
  async function numberIn(handle: RuntimeHandle, name: string): Promise<number> {
    const text = await waitFor(name, async () => {
      const content = await readFile(join(handle.dir, name), 'utf8').catch(() => '');
      return content.endsWith('\n') && content;
    });
    return Number(text);
  }

  test('takes a status that no signal leaves behind for what the program said: gemini ends with the HTTP status, modulo 256', async () => {
    for (const [status, end] of [
      [145, { code: 145, signal: null }], // 401, and 128 with SIGCHLD
      [144, { code: 144, signal: null }], // 400, and 128 with SIGSTKFLT
      [148, { code: 148, signal: null }],
      [173, { code: 173, signal: null }],
      [143, { code: null, signal: 'SIGTERM' }],
      [137, { code: null, signal: 'SIGKILL' }],
    ] as const) {
      const handle = await start(sh(`exit ${status}`));
      assert.deepEqual(await processRuntime.wait(handle, never), { state: 'exited', ...end });
    }
  });

  test('tells a signal from a status', async () => {
    const handle = await start(sh('kill -SEGV $$'));
    assert.deepEqual(await processRuntime.wait(handle, never), {
      state: 'exited',
      code: null,
      signal: 'SIGSEGV',
    });
  });

  test('does not let an agent ignore the signals that a shell makes its background jobs ignore', async () => {
    const handle = await start(sh('kill -INT $$; echo survived'));
    assert.deepEqual(await processRuntime.wait(handle, never), {
      state: 'exited',
      code: null,
      signal: 'SIGINT',
    });
  });

  test('keeps its files private, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const handle = await start(sh('echo out; umask >umask'));
      await processRuntime.wait(handle, never);
      for (const file of ['input', 'output.log', 'pid', 'exit']) {
        assert.equal((await stat(join(handle.dir, file))).mode & 0o777, 0o600, file);
      }
      assert.match(
        await readFile(join(handle.dir, 'umask'), 'utf8'),
        /^0*$/m,
        'the agent has the umask it was given',
      );
    } finally {
      process.umask(before);
    }
  });

  test('finds the program on the PATH of the session, not on ours', async () => {
    const spec = await specOf(['own-tool', 'x']);
    await writeFile(join(spec.dir, 'own-tool'), '#!/bin/sh\necho "$0 $1" >&2\n', { mode: 0o755 });
    const handle = await processRuntime.start({ ...spec, env: { PATH: `/nowhere:${spec.dir}` } });
    await processRuntime.wait(handle, never);
    assert.equal(await readFile(join(spec.dir, 'output.log'), 'utf8'), `${spec.dir}/own-tool x\n`);
  });

  test('rejects what cannot be executed, and leaves nothing behind', async () => {
    const cases: [string, number, RegExp][] = [
      ['#!/bin/sh\n', 0o644, /is not executable/],
      ['#!/no/such/interpreter\n', 0o755, /could not be executed/],
    ];
    for (const [text, mode, message] of cases) {
      const spec = await specOf(['./tool']);
      await writeFile(join(spec.dir, 'tool'), text);
      await chmod(join(spec.dir, 'tool'), mode);
      await assert.rejects(processRuntime.start(spec), (error) => {
        assert(error instanceof AoError);
        assert.match(error.message, message);
        return true;
      });
    }
    const spec = await specOf(['/bin/echo', 'x'.repeat(200_000)]);
    await assert.rejects(processRuntime.start(spec), /arguments .* too long/);
    await assert.rejects(
      processRuntime.start({ ...spec, cwd: join(spec.dir, 'none') }),
      /is not a directory/,
    );
    await assert.rejects(
      processRuntime.start({ ...spec, argv: ['/bin/echo', 'a\0b'] }),
      /could not be started/,
    );
  });

  test('an agent outlives the process that started it, which finds its end by the handle alone', async () => {
    const spec = await specOf(sh('echo begun; while ! test -e go; do sleep 0.02; done; echo done; exit 4'));
    const script = `import { processRuntime } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
      process.stdout.write(JSON.stringify(await processRuntime.start(${JSON.stringify(spec)})));
      process.kill(process.pid, 'SIGKILL');`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    starter.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const [, signal] = await once(starter, 'close');
    assert.equal(signal, 'SIGKILL');
    const handle: RuntimeHandle = JSON.parse(printed);
    started.push(handle);
    assert.deepEqual(await processRuntime.observe(handle), { state: 'running' });
    await writeFile(join(spec.dir, 'go'), '');
    assert.deepEqual(await processRuntime.wait(handle, never), { state: 'exited', code: 4, signal: null });
    assert.equal(await readFile(join(spec.dir, 'output.log'), 'utf8'), 'begun\ndone\n');
  });

  test('an agent whose wrapper was killed is seen to run by its mark, and to be gone when it ended', async () => {
    const handle = await start(sh('echo $$ >agent; while ! test -e go; do sleep 0.02; done'));
    const agent = await numberIn(handle, 'agent');
    process.kill(handle.pid, 'SIGKILL');
    await waitFor('the wrapper to end', async () => (await readStartTime(handle.pid)) === null);
    assert.deepEqual(await processRuntime.observe(handle), { state: 'running' });
    await writeFile(join(handle.dir, 'go'), '');
    assert.deepEqual(await processRuntime.wait(handle, never), { state: 'gone' });
    assert.equal(await readStartTime(agent), null);
  });

  test('an agent whose wrapper was killed still gets what is written to it, and nothing is left when it is stopped', async () => {
    const spec = await specOf(sh('echo $$ >agent; read line; echo "read $line"'));
    const handle = await processRuntime.start({ ...spec, input: null });
    started.push(handle);
    await numberIn(handle, 'agent');
    process.kill(handle.pid, 'SIGKILL');
    await waitFor('the wrapper to end', async () => (await readStartTime(handle.pid)) === null);
    await processRuntime.write(handle, 'on\n');
    assert.deepEqual(await processRuntime.wait(handle, never), { state: 'gone' });
    assert.equal(await readFile(join(handle.dir, 'output.log'), 'utf8'), 'read on\n');
    await processRuntime.stop(handle, 1000);
    assert.deepEqual(await findMarked(handle.mark), []);
  });

  test('a pid that was given to another process is not taken for the agent, and not ended', async () => {
    const bystander = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    await once(bystander, 'spawn');
    const pid = bystander.pid ?? 0;
    const own = (await readStartTime(pid)) ?? '';
    const [boot = '', ticks = ''] = own.split(':');
    for (const startTime of [`${boot}:${Number(ticks) - 1}`, `another-boot:${ticks}`]) {
      const handle = { runtime: 'process', pid, startTime, dir: await newDir(), mark: 'nobody-has-this' };
      assert.deepEqual(await processRuntime.observe(handle), { state: 'gone' });
      await processRuntime.stop(handle, 0);
    }
    assert.equal(await readStartTime(pid), own);
    bystander.kill('SIGKILL');
  });

  test('stopping ends every process of the session, however it tried to get away', async () => {
    const handle = await start(
      sh(`nohup sleep 60 & echo $! >nohup
          setsid sh -c 'echo $$ >setsid; trap "" TERM HUP; exec sleep 60' &
          (setsid sh -c '(echo x; exec sleep 60) & echo $! >double' &)
          env -i setsid sh -c 'echo $$ >bare; exec sleep 60' &
          (env -i setsid sh -c 'sleep 60 & echo $! >orphan' &)
          exec sleep 60`),
    );
    const pids = await Promise.all(
      ['nohup', 'setsid', 'double', 'bare', 'orphan'].map((name) => numberIn(handle, name)),
    );
    await processRuntime.stop(handle, 100);
    for (const pid of pids) assert.equal(await readStartTime(pid), null);
    assert.equal((await processRuntime.observe(handle)).state, 'exited');
  });

  test('the oldest output of an agent at work goes and takes no room any more; the agent writes on, whole lines are left', async () => {
    const handle = await start(
      sh(
        'yes "a line of the beginning" | head -c 8000000; touch go; while test -e go; do sleep 0.02; done; echo the end',
      ),
    );
    await waitFor('the first part', async () => (await readdir(handle.dir)).includes('go'));
    const log = join(handle.dir, 'output.log');
    const before = await stat(log);
    await processRuntime.forget(handle, 7_000_000);
    const later = await stat(log);
    assert.equal(later.size, before.size);
    assert.ok(later.blocks * 512 < 1_200_000, `${later.blocks * 512} bytes`);
    await rm(join(handle.dir, 'go'));
    await processRuntime.wait(handle, never);
    let text = '';
    for await (const bytes of processRuntime.follow(handle, 0, never)) text += Buffer.from(bytes).toString();
    const [first = '', ...lines] = text.trimEnd().split('\n');
    assert.equal(first, 'a line of the beginning');
    assert.equal(lines.at(-1)?.slice(-7), 'the end');
    assert.ok(text.length < 1_000_100 && text.length > 900_000, `${text.length} are left`);
  });

  test('follows 100 MB of output with bounded memory', async () => {
    const handle = await start(sh('head -c 100000000 /dev/zero'));
    let bytes = 0;
    const before = process.memoryUsage().rss;
    for await (const chunk of processRuntime.follow(handle, 0, never)) bytes += chunk.length;
    assert.equal(bytes, 100_000_000);
    assert(process.memoryUsage().rss - before < 60 << 20, 'memory grew with the output');
    await run('/bin/rm', [join(handle.dir, 'output.log')]);
  });
});
