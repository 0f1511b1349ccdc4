import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, findDaemon, stopDaemon } from '../src/api/client.ts';
import { enterPidNamespace } from '../src/lib/pid-namespace.ts';
import { daemonPid, Installation, lives, makeDirectory } from './support/installation.ts';
import { noNamespaces } from './support/pid-namespaces.ts';
import { waitFor } from './support/wait-for.ts';

let ao: Installation;
before(() => {
  ao = new Installation();
});
after(() => ao.remove());

const running = async (home: string): Promise<number> => {
  const { code, stdout, stderr } = await ao.run(home, ['daemon', 'start', '--json']);
  assert.equal(code, 0, stderr);
  return Number(JSON.parse(stdout).pid);
};

describe('the daemon', { concurrency: false }, () => {
  test('is one, however many start it at once', async () => {
    const home = ao.home('eight');
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => ao.run(home, ['daemon', 'start', '--json'])),
    );
    const pids = outcomes.map(({ code, stdout, stderr }) => {
      assert.equal(code, 0, stderr);
      return Number(JSON.parse(stdout).pid);
    });
    assert.deepEqual([...new Set(pids)], [daemonPid(home)]);
    const ready = readFileSync(join(home, 'daemon.log'), 'utf8').match(/daemon\.ready/g);
    assert.equal(ready?.length, 1, 'the others never got as far as listening');
  });

  test('keeps its data directory private', async () => {
    const home = makeDirectory(ao.home('private'), 0o755);
    await running(home);
    assert.equal(statSync(home).mode & 0o777, 0o700);
    for (const name of readdirSync(home)) assert.equal(statSync(join(home, name)).mode & 0o077, 0, name);
  });

  test('comes back with the next command after kill -9', async () => {
    const home = ao.home('killed');
    const first = await running(home);
    process.kill(first, 'SIGKILL');
    await waitFor('its end', () => !lives(first));
    const status = await ao.run(home, ['daemon', 'status', '--json']);
    assert.equal(status.code, 4, 'its files are still there, it is not');
    assert.ok(existsSync(join(home, 'daemon.json')));
    const second = await running(home);
    assert.notEqual(second, first);
    assert.equal(await running(home), second, 'and stays');
  });

  test('says who and where it is, and exit code 4 where it is not', async () => {
    const home = ao.home('status');
    const none = await ao.run(home, ['daemon', 'status', '--json']);
    assert.equal(none.code, 4);
    assert.equal(JSON.parse(none.stdout).error.code, 'daemon');
    assert.equal(existsSync(home), false, 'looking makes nothing');
    const pid = await running(home);
    const status = JSON.parse((await ao.run(home, ['daemon', 'status', '--json'])).stdout);
    assert.deepEqual(Object.keys(status), ['pid', 'version', 'startedAt', 'socket']);
    assert.equal(status.pid, pid);
    assert.ok(Date.now() - Date.parse(status.startedAt) < 60_000);
    assert.ok(statSync(status.socket).isSocket());
  });

  test('is found from inside a pid namespace, where its process is not seen', {
    skip: noNamespaces,
  }, async () => {
    const home = ao.home('namespace');
    const pid = await running(home);
    const room = await enterPidNamespace(process.env['PATH'] ?? '');
    const inside = await ao.run(home, ['daemon', 'status', '--json'], { room });
    assert.equal(inside.code, 0, inside.stderr);
    assert.equal(JSON.parse(inside.stdout).pid, pid);
  });

  test('stops, leaves agents running, and says how many and how to end them', async () => {
    const home = ao.home('stopped');
    const pid = await running(home);
    writeFileSync(join(home, 'live'), '3');
    const { stdout } = await ao.run(home, ['daemon', 'stop']);
    assert.match(stdout, /3 agents go on.*ao daemon stop --agents/);
    assert.equal(lives(pid), false);
    assert.deepEqual(JSON.parse(readFileSync(join(home, 'shutdown.json'), 'utf8')), { stopAgents: false });
    assert.equal(existsSync(join(home, 'daemon.json')), false);
    assert.equal(existsSync(join(home, 'daemon.sock')), false);
    assert.match((await ao.run(home, ['daemon', 'stop'])).stdout, /does not run/);
    const again = await ao.run(home, ['daemon', 'stop', '--json']);
    assert.deepEqual(JSON.parse(again.stdout), { stopped: false, agents: null }, 'nobody could say');
  });

  test('ends agents when asked to, also those that an earlier daemon left behind', async () => {
    const home = ao.home('agents');
    await running(home);
    await ao.run(home, ['daemon', 'stop']);
    const { code, stdout } = await ao.run(home, ['daemon', 'stop', '--agents', '--json']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { stopped: true, agents: 0 });
    assert.deepEqual(JSON.parse(readFileSync(join(home, 'shutdown.json'), 'utf8')), { stopAgents: true });
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`stops without ending agents on ${signal}`, async () => {
      const home = ao.home(signal);
      const pid = await running(home);
      process.kill(pid, signal);
      await waitFor('its end', () => !lives(pid));
      assert.deepEqual(JSON.parse(readFileSync(join(home, 'shutdown.json'), 'utf8')), { stopAgents: false });
      assert.equal(existsSync(join(home, 'daemon.sock')), false);
    });
  }

  test('is replaced when the code of a command is newer, and only then', async () => {
    const home = ao.home('upgraded');
    const first = await running(home);
    assert.equal(await running(home), first);
    const future = new Date(Date.now() + 5_000);
    utimesSync(join(ao.root, 'src/lib/closest.ts'), future, future);
    const second = await running(home);
    assert.notEqual(second, first);
    assert.equal(lives(first), false);
    assert.equal(await running(home), second);
  });

  test('is stopped once where many ask for it at once, and each of them hears that it has gone', async () => {
    const home = ao.home('stopped-by-many');
    const pid = await running(home);
    writeFileSync(join(home, 'live'), '3');
    const env = { AO_HOME: home };
    const heard = await Promise.all(Array.from({ length: 8 }, () => stopDaemon(env, { agents: false })));
    assert.equal(lives(pid), false);
    assert.ok(
      heard.some((left) => left?.live === 3),
      'whoever was first',
    );
  });

  test('serves on after its files were replaced by something broken', async () => {
    const broken = new Installation();
    const home = broken.home('broken');
    try {
      await broken.run(home, ['daemon', 'start']);
      const found = await findDaemon({ AO_HOME: home });
      assert.ok(found);
      for (const folder of ['api', 'engine', 'daemon', 'adapters', 'config']) {
        rmSync(join(broken.root, 'src', folder), { recursive: true });
      }
      const client = new Client(found, { AO_HOME: home });
      assert.equal((await client.runs()).length, 1);
      assert.equal(await client.diff('x'), 'diff of x\n');
      const body = { cwd: broken.root, path: null, flags: { checks: ['no'] }, env: {}, resume: false };
      await assert.rejects(client.fix(body), { name: 'AoError', code: 'usage' });
    } finally {
      await broken.remove();
    }
  });

  test('leaves alone what somebody else put at its socket path', async () => {
    const home = makeDirectory(ao.home('foreign'), 0o700);
    const foreign = createServer((connection) => {
      connection.on('error', () => {}); // the visitor leaves at once
      connection.end('I am not ao\n');
    });
    foreign.listen(join(home, 'daemon.sock'));
    await once(foreign, 'listening');
    try {
      const info = { pid: process.pid, startTime: 'x', socket: join(home, 'daemon.sock') };
      writeFileSync(join(home, 'daemon.json'), JSON.stringify(info));
      assert.equal((await ao.run(home, ['daemon', 'status'])).code, 4, 'an answer is no proof');
      const pid = await running(home);
      assert.notEqual(pid, process.pid);
      assert.ok(statSync(join(home, 'daemon.sock')).isSocket());
      const { socket } = JSON.parse((await ao.run(home, ['daemon', 'status', '--json'])).stdout);
      assert.equal(socket, join(home, `daemon-${pid}.sock`));
    } finally {
      foreign.close();
    }
  });

  test('works in a directory with spaces and a path longer than a socket may have', async () => {
    const deep = join(ao.root, 'with spaces and ünïcode', 'x'.repeat(100), 'y'.repeat(40));
    const home = ao.home(deep.slice(ao.root.length + 1));
    assert.ok(home.length > 150);
    const pid = await running(home);
    const status = JSON.parse((await ao.run(home, ['daemon', 'status', '--json'])).stdout);
    assert.equal(status.pid, pid);
    assert.ok(Buffer.byteLength(status.socket) <= 100);
    assert.equal(statSync(join(status.socket, '..')).mode & 0o777, 0o700);
    await ao.run(home, ['daemon', 'stop']);
    assert.equal(existsSync(join(status.socket, '..')), false, 'the directory beside went with its socket');
  });

  test('says what to do when its directory cannot be written', async () => {
    const blocked = ao.home('blocked');
    writeFileSync(blocked, 'a file where a directory has to be');
    const file = await ao.run(blocked, ['daemon', 'start', '--json']);
    assert.equal(file.code, 4);
    assert.match(JSON.parse(file.stdout).error.message, /cannot write to the data directory/);
    assert.match(file.stderr, /Set AO_HOME/);
    const readOnly = await ao.run('/sys/ao', ['daemon', 'start']); // where root may not write either
    assert.equal(readOnly.code, 4);
    assert.match(readOnly.stderr, /cannot write to the data directory \/sys\/ao.*\n.*Set AO_HOME/);
  });

  test('says why the engine cannot start, and nothing is left running', async () => {
    const home = makeDirectory(ao.home('refusing'), 0o700);
    writeFileSync(join(home, 'refuse'), '');
    const { code, stderr } = await ao.run(home, ['daemon', 'start']);
    assert.equal(code, 4);
    assert.match(stderr, /ao: the engine refuses\n {4}Remove the file refuse\.\n$/);
    rmSync(join(home, 'refuse'));
    await running(home);
  });

  test('takes over nothing of the process that starts it but what its list names', async () => {
    const home = ao.home('environment');
    const env = {
      AO_MARK: 'mark',
      AO_SESSION_ID: 's',
      NODE_OPTIONS: '',
      SECRET: 'x',
      LC_ALL: 'C',
      GIT_DIR: '/x',
    };
    const child = await ao.run(home, ['daemon', 'start', '--json'], { env });
    const { pid } = JSON.parse(child.stdout);
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((line) => line.split('=')[0]);
    assert.deepEqual(names.filter(Boolean).toSorted(), [
      'AO_HOME',
      'HOME',
      'LC_ALL',
      'NODE_COMPILE_CACHE',
      'PATH',
      'TMPDIR',
    ]);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    assert.deepEqual([Number(group), Number(session)], [pid, pid], 'a session of its own');
    assert.equal(readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.ts'), true);
  });

  test('outlives the process group that started it', async () => {
    const home = ao.home('outlives');
    const main = join(ao.root, 'src/cli/main.ts');
    const script = `"$0" "$1" daemon start >/dev/null && echo up && exec sleep 60`;
    const shell = spawn('/bin/sh', ['-c', script, process.execPath, main], {
      detached: true,
      env: { PATH: process.env['PATH'], HOME: ao.root, AO_HOME: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(shell.stdout, 'data');
    const exited = once(shell, 'exit');
    process.kill(-(shell.pid ?? 0), 'SIGKILL');
    await exited;
    const pid = daemonPid(home);
    assert.ok(pid !== null && lives(pid));
    assert.equal(await running(home), pid);
  });

  test('ends by itself when its data directory is removed', async () => {
    const home = ao.home('removed');
    const pid = await running(home);
    rmSync(home, { recursive: true });
    await waitFor('its end', () => !lives(pid));
    assert.notEqual(await running(home), pid);
  });

  test('is stopped by a signal where it cannot be asked', async () => {
    const home = ao.home('silent');
    const pid = await running(home);
    rmSync(join(home, 'daemon.sock'));
    writeFileSync(join(home, 'live'), '3');
    const { code, stdout } = await ao.run(home, ['daemon', 'stop']);
    assert.equal(code, 0);
    assert.equal(stdout, 'the daemon has stopped; agents that were at work go on\n');
    assert.equal(lives(pid), false);
  });

  test('goes at once when it is asked again while it ends agents, which may take for ever', async () => {
    const home = ao.home('hanging');
    const pid = await running(home);
    writeFileSync(join(home, 'hang'), '');
    const ending = ao.run(home, ['daemon', 'stop', '--agents']);
    await waitFor('it to end agents', () => existsSync(join(home, 'shutdown.json')));
    const { code, stderr } = await ao.run(home, ['daemon', 'stop']);
    assert.equal(code, 0, stderr);
    assert.equal(lives(pid), false);
    const first = await ending;
    assert.equal(first.code, 4);
    assert.match(first.stderr, /went away before it answered/);
  });

  test('makes room for another one when its socket is removed', async () => {
    const home = ao.home('unreachable');
    const pid = await running(home);
    rmSync(join(home, 'daemon.sock'));
    assert.notEqual(await running(home), pid);
    assert.equal(lives(pid), false);
  });

  test('is followed by its clients over a crash and a replacement, and not brought back once it was stopped', async () => {
    const home = ao.home('followed');
    const { connect }: typeof import('../src/api/client.ts') = await import(
      join(ao.root, 'src/api/client.ts')
    );
    const env = { PATH: process.env['PATH'], HOME: ao.root, AO_HOME: home };
    const client = await connect({ start: true, env });
    const stream = client.events({ run: 'run-1', after: null });
    const pids: number[] = [];
    const picture = async (): Promise<void> => {
      assert.equal((await stream.next()).value?.kind, 'run');
      pids.push(daemonPid(home) ?? 0);
    };
    await picture();
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await picture();
    const waiting = picture();
    await ao.run(home, ['daemon', 'restart']);
    await waiting;
    assert.equal(new Set(pids).size, 3);
    const ended = assert.rejects(stream.next(), { code: 'daemon', message: /was stopped/ });
    await ao.run(home, ['daemon', 'stop']);
    await ended;
    assert.equal((await ao.run(home, ['daemon', 'status'])).code, 4);
  });
});
