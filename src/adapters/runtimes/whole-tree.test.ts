import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import { isDeepStrictEqual, promisify } from 'node:util';
import { noNamespaces } from '../../../test/support/pid-namespaces.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import type { RuntimeHandle } from '../../domain/task.ts';
import { enterPidNamespace } from '../../lib/pid-namespace.ts';
import { readProcessTable, readStartTime } from '../../lib/process-table.ts';
import { endTree, findMarked } from '../../lib/process-tree.ts';
import { processRuntime } from './process/index.ts';

const never = new AbortController().signal;
const base = await realpath(await mkdtemp(join(tmpdir(), 'ao-tree-')));
let count = 0;
after(() => rm(base, { recursive: true, force: true }));

/** A session whose agent is this shell text, at work in a workspace beside its private directory. */
async function startAgent(t: TestContext, script: string, isolated = false): Promise<RuntimeHandle> {
  count += 1;
  const dir = join(base, `session-${count}`);
  const cwd = join(base, `workspace-${count}`);
  await Promise.all([mkdir(dir), mkdir(cwd)]);
  const env = { PATH: process.env['PATH'] ?? '', HOME: base, NODE: process.execPath };
  const mark = `tree-${process.pid}-${count}`;
  const argv = ['/bin/sh', '-c', script];
  const handle = await processRuntime.start({ argv, env, cwd, dir, input: '', mark, isolated });
  t.after(() => processRuntime.stop(handle, 0));
  return handle;
}

async function textIn(handle: RuntimeHandle, name: string): Promise<string> {
  return waitFor(name, async () => {
    const text = await readFile(join(handle.cwd ?? '', name), 'utf8').catch(() => '');
    return text.endsWith('\n') && text.trim();
  });
}

async function argumentsOfAll(): Promise<[pid: number, words: string[]][]> {
  const rows = await readProcessTable();
  return Promise.all(
    rows.map(async ({ pid }) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
      return [pid, line.split('\0')] as [number, string[]];
    }),
  );
}

/** Which of these words is an argument of a living process. The agent has them all in one argument. */
async function living(words: readonly string[]): Promise<string[]> {
  const said = new Set((await argumentsOfAll()).flatMap(([, own]) => own));
  return words.filter((word) => said.has(word));
}

async function endEach(words: readonly string[]): Promise<void> {
  for (const [pid, own] of await argumentsOfAll()) {
    if (!own.some((word) => words.includes(word))) continue;
    const startTime = (await readStartTime(pid)) ?? '';
    await endTree({ mark: `nobody-has-this-${pid}`, pid, startTime, graceMs: 0 });
  }
}

/**
 * What a person may have running beside an agent, each with `$W` among its arguments and no parent: `$DIR` is the private
 * directory of the session.
 */
const bystanders = {
  'an editor at work in the workspace': '(setsid sh -c "sleep 61; :" "$W" <&- >&- 2>&- &)',
  'the same program in the folder around it':
    '(cd ..; env -i setsid sh -c "sleep 61; :" "$W" <&- >&- 2>&- &)',
  'somebody who follows the output': '(setsid tail -f "$DIR/output.log" "$W" </dev/null >/dev/null 2>&1 &)',
  'a shell in a terminal in the workspace, without an environment':
    "(setsid script -qc \"env -i sh -c 'sleep 61; :' '$W'\" /dev/null </dev/null >/dev/null 2>&1 &)",
};

/** What an agent may leave behind: shell text that starts a program with the word `$W` among its arguments. */
const leftovers = {
  'a background job': 'sh -c "sleep 61; :" "$W" &',
  'one that ignores hang-ups': 'nohup sh -c "sleep 61; :" "$W" >/dev/null 2>&1 &',
  'a double fork': '(setsid sh -c \'(sh -c "sleep 61; :" "$0" &)\' "$W" &)',
  'one that ignores the polite signal': 'sh -c \'trap "" TERM HUP INT; sleep 61; :\' "$W" &',
  'a stopped one': 'sh -c \'kill -STOP $$; sleep 61\' "$W" &',
  'a session of its own without an environment': 'env -i setsid sh -c "sleep 61; :" "$W" &',
  'an orphan without an environment': '(env -i setsid sh -c "sleep 61; :" "$W" &)',
  'an orphan without an environment that closed all files':
    '(env -i setsid sh -c "sleep 61; :" "$W" <&- >&- 2>&- &)',
};
/** Found only where it cannot get away from: it has nothing of the session any more. */
const lost = {
  'an orphan without anything of the session':
    '(env -i setsid sh -c "cd /; sleep 61; :" "$W" <&- >&- 2>&- &)',
};

for (const isolated of [false, true]) {
  const where = isolated ? 'in a pid namespace' : 'among all processes';
  describe(`ending a session ${where}`, { skip: isolated && noNamespaces }, () => {
    test('ends whatever the agent left behind', async (t) => {
      const kinds = Object.entries(isolated ? { ...leftovers, ...lost } : leftovers);
      const words = kinds.map(([what]) => `${what} ${where} of ${process.pid}`).toSorted();
      const script = kinds
        .map(([what, start]) => `W='${what} ${where} of ${process.pid}'\n${start}`)
        .join('\n');
      const handle = await startAgent(t, `${script}\nwait`, isolated);
      await waitFor('all of them', async () => isDeepStrictEqual(await living(words), words));
      await processRuntime.stop(handle, 200);
      assert.deepEqual(await living(words), []);
    });

    test('leaves alone what a person has running beside it', async (t) => {
      const handle = await startAgent(t, 'exec sleep 61', isolated);
      const kinds = Object.entries(bystanders);
      const words = kinds.map(([what]) => `${what} ${where} of ${process.pid}`).toSorted();
      const script = kinds
        .map(([what, start]) => `W='${what} ${where} of ${process.pid}'\n${start}`)
        .join('\n');
      const env = { PATH: process.env['PATH'] ?? '', HOME: base, DIR: handle.dir };
      const person = spawn('/bin/sh', ['-c', script], { cwd: handle.cwd ?? '', env, stdio: 'ignore' });
      t.after(() => endEach(words));
      await once(person, 'exit');
      await waitFor('all of them', async () => isDeepStrictEqual(await living(words), words));
      await processRuntime.stop(handle, 200);
      assert.equal(await readStartTime(handle.pid), null);
      assert.deepEqual(await living(words), words);
    });

    test('ends a server that made itself a daemon, and its port is free again', async (t) => {
      const server = `const s = require('node:net').createServer(() => {});
        s.listen(0, '127.0.0.1', () => require('node:fs').writeFileSync('port', s.address().port + '\\n'));`;
      await writeFile(join(base, 'server.cjs'), server);
      const script = `(env -i setsid "$NODE" ../server.cjs <&- >/dev/null 2>&1 &); while ! test -e port; do sleep 0.05; done`;
      const handle = await startAgent(t, script, isolated);
      const port = Number(await textIn(handle, 'port'));
      if (!isolated) assert.equal(await isOpen(port), true);
      await processRuntime.wait(handle, never);
      await processRuntime.stop(handle, 2000);
      assert.equal(await isOpen(port), false);
    });

    test('ends a chain of processes that each start the next one and go', async (t) => {
      const pipe = join(base, `held by the chain ${where}`);
      await promisify(execFile)('mkfifo', [pipe]);
      const reader = await open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      t.after(() => reader.close());
      const chain = `perl -e 'for (1 .. 200000) { exit if fork }' 9>'${pipe}'`;
      const handle = await startAgent(t, `${chain}; echo 1 >ready; sleep 61`, isolated);
      await textIn(handle, 'ready');
      // While somebody has it open for writing there is no end to read.
      await assert.rejects(reader.read(Buffer.alloc(1), 0, 1), { code: 'EAGAIN' });
      await processRuntime.stop(handle, 20);
      assert.equal((await reader.read(Buffer.alloc(1), 0, 1)).bytesRead, 0);
    });
  });
}

function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('an agent in a pid namespace', { skip: noNamespaces }, () => {
  test('sees no process but its own, and cannot end another', async (t) => {
    const outside = spawn('/bin/sleep', ['61'], { stdio: 'ignore' });
    t.after(() => outside.kill('SIGKILL'));
    const script = `ls -d /proc/[0-9]* | wc -l >seen; kill -9 ${outside.pid} || echo 1 >missed; exit 3`;
    const handle = await startAgent(t, script, true);
    assert.deepEqual(await processRuntime.wait(handle, never), { state: 'exited', code: 3, signal: null });
    assert.ok(Number(await textIn(handle, 'seen')) < 8);
    assert.equal(await textIn(handle, 'missed'), '1');
    assert.equal(outside.exitCode, null);
  });

  test('ends politely: what it started may put its things in order, too', async (t) => {
    const child = 'trap "sleep 0.3; echo 1 >tidied; exit" TERM; echo 1 >ready; while :; do sleep 0.02; done';
    const handle = await startAgent(t, `trap "wait; exit 5" TERM; sh -c '${child}' & wait`, true);
    await textIn(handle, 'ready');
    await processRuntime.stop(handle, 5000);
    assert.equal(await textIn(handle, 'tidied'), '1');
    assert.deepEqual(await processRuntime.observe(handle), { state: 'exited', code: 5, signal: null });
  });

  test('works on when the shell that holds it is killed, and is gone when it has ended', async (t) => {
    const script = 'sh -c "sleep 61; :" & echo 1 >ready; while ! test -e go; do sleep 0.02; done';
    const handle = await startAgent(t, script, true);
    await textIn(handle, 'ready');
    process.kill(handle.pid, 'SIGKILL');
    await waitFor('its end', async () => (await readStartTime(handle.pid)) === null);
    assert.deepEqual(await processRuntime.observe(handle), { state: 'running' });
    await writeFile(join(handle.cwd ?? '', 'go'), '');
    assert.deepEqual(await processRuntime.wait(handle, never), { state: 'gone' });
    await processRuntime.stop(handle, 1000);
    assert.deepEqual(await findMarked(handle.mark), []);
  });

  test('has the capabilities, the identity and the directory that it would have without', async (t) => {
    const script = 'grep CapEff /proc/self/status >caps; id >id; pwd >pwd; umask >umask; ulimit -a >limits';
    const [inside, outside] = [await startAgent(t, script, true), await startAgent(t, script)];
    for (const handle of [inside, outside]) await processRuntime.wait(handle, never);
    for (const name of ['caps', 'id', 'umask', 'limits']) {
      assert.equal(await textIn(inside, name), await textIn(outside, name), name);
    }
    assert.equal(await textIn(inside, 'pwd'), inside.cwd);
  });

  test('is one among all processes where bubblewrap is missing or does not work, without a word', async (t) => {
    const before = process.env['PATH'];
    t.after(() => (process.env['PATH'] = before));
    await writeFile(join(base, 'bwrap'), '#!/bin/sh\necho "bwrap: No permissions" >&2; exit 1\n', {
      mode: 0o755,
    });
    await assert.rejects(
      enterPidNamespace(`${base}:${before}`),
      /cannot make one here: bwrap: No permissions/,
    );
    await assert.rejects(enterPidNamespace('/nowhere'), /bubblewrap is not installed/);
    process.env['PATH'] = `${base}:${before}`;
    const handle = await startAgent(t, 'readlink /proc/self/ns/pid >ns', true);
    assert.deepEqual(await processRuntime.wait(handle, never), { state: 'exited', code: 0, signal: null });
    assert.equal(await textIn(handle, 'ns'), await readlink('/proc/self/ns/pid'));
    assert.equal(await readFile(join(handle.dir, 'output.log'), 'utf8'), '');
  });
});
