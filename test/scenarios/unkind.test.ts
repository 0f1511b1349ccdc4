import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { Report } from '../../src/domain/report.ts';
import type { SessionView } from '../../src/engine/engine.ts';
import { makeRepository, type TestRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CommandLine, openCommandLine, type Outcome } from './support/command-line.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');

/** Red until `a` holds 1; the honest agent is one line of shell. */
const check = ['--check', 't=grep -qx 1 a'];
const fixing = 'echo 1 > a';

async function red(t: TestContext): Promise<TestRepository> {
  const repository = await makeRepository({ files: { a: '0\n' } });
  t.after(() => repository.remove());
  return repository;
}

function agent(script: string): string[] {
  return ['--agent-command', JSON.stringify(['/bin/sh', '-c', script])];
}

function reportIn({ stdout, stderr }: Outcome): Report {
  const report: Report = JSON.parse(stdout);
  assert.ok(report.run, stderr);
  return report;
}

/** Nothing runs any more, and no short-lived checkout is left. */
async function allTidy(line: CommandLine): Promise<void> {
  const live: SessionView[] = JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
  assert.deepEqual(live, []);
  assert.deepEqual(await readdir(path.join(line.home, 'checkouts')), []);
}

test('an id that is empty, or dots, is refused in words', async (t) => {
  const line = await openCommandLine(t);
  for (const command of ['status', 'logs', 'diff', 'retry', 'accept', 'cancel']) {
    const { code, stdout } = await line.ao([command, '', '--json']);
    assert.equal(code, 5, command);
    assert.equal(JSON.parse(stdout).error.message, 'the id is empty');
    const dots = await line.ao([command, '..', '--json']);
    assert.equal(dots.code, 5, command);
    assert.match(JSON.parse(dots.stdout).error.message, /^there is no .* \.\.$/);
  }
});

test('a full disk behind stdout is one sentence and exit code 1, behind stderr it changes nothing', async (t) => {
  const line = await openCommandLine(t);
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const run = async (args: string[], stdio: [number | 'pipe', number | 'pipe']) => {
    const env = { ...process.env, AO_HOME: line.home };
    const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', ...stdio] });
    const output = stdio[0] === 'pipe' ? child.stdout : child.stderr;
    const [told] = await Promise.all([output === null ? '' : text(output), once(child, 'close')]);
    return { code: child.exitCode, told };
  };
  const lost = await run(['schema'], [full, 'pipe']);
  assert.equal(lost.code, 1);
  assert.match(lost.told, /^ao: standard output: ENOSPC[^\n]*\n$/);
  const silent = await run(['nothing', '--json'], ['pipe', full]);
  assert.equal(silent.code, 2);
  assert.equal(JSON.parse(silent.told).error.code, 'usage');
});

test('a data directory that cannot be made, and a wrong variable, are one sentence each', {
  timeout: 20_000,
}, async (t) => {
  const line = await openCommandLine(t);
  for (const home of ['/proc/ao/x', '/dev/null/x']) {
    const { code, stdout } = await line.ao(['status', '--json'], { env: { AO_HOME: home } });
    assert.equal(code, 4, home);
    assert.match(JSON.parse(stdout).error.message, /^cannot write to the data directory/);
  }
  const wrong = await line.ao(['status', '--json'], { env: { AO_SQLITE_SYNCHRONOUS: 'fast' } });
  assert.equal(wrong.code, 3, wrong.stderr);
  assert.match(JSON.parse(wrong.stdout).error.message, /^AO_SQLITE_SYNCHRONOUS: there is no "fast"$/);
});

test('a disk that is full before the database is made is told as that, not as what failed after it', async (t) => {
  const line = await openCommandLine(t);
  const script = 'ulimit -f 100; exec "$0" "$1" status --json'; // a limit on file sizes fails like a full disk
  const child = spawn('/bin/sh', ['-c', script, process.execPath, main], {
    env: { ...process.env, AO_HOME: line.home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [told] = await Promise.all([text(child.stdout), once(child, 'close')]);
  assert.equal(child.exitCode, 4);
  assert.match(JSON.parse(told).error.message, /^cannot open the database .*: disk I\/O error$/);
});

test('a check that ends its parent, leaves processes behind and prints without end decides nothing but its tree', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  const command = '(sleep 611 &); setsid sleep 611 & yes | head -c 12000000; grep -qx 1 a || kill -9 $PPID';
  const done = await line.ao(['fix', repository.path, '--check', `t=${command}`, ...agent(fixing), '--json']);
  assert.equal(done.code, 0, done.stderr);
  assert.equal(reportIn(done).ok, true);
  await allTidy(line);
});

const agents: Record<string, { script: string; ok: boolean; reason?: RegExp }> = {
  'deletes its git directory': { script: `${fixing}; rm -rf .git`, ok: true },
  'deletes its workspace': { script: 'rm -rf "$PWD"', ok: false, reason: /without changing anything/ },
  'commits on a branch of its own': {
    script: `git checkout -qb mine; ${fixing}; git -c user.name=a -c user.email=a@x commit -qam mine`,
    ok: true,
  },
  'leaves processes, a pipe and a closed directory': {
    script: `${fixing}; mkfifo p; mkdir d; touch d/x; chmod 0 d; (sleep 612 &); setsid sleep 612 &`,
    ok: true,
  },
  'ends the shell that holds it': { script: `sleep 0.3; ${fixing}; kill -9 $PPID; sleep 0.3`, ok: true },
  'prints megabytes without a line end, zeros and escapes': {
    script: `head -c 10000000 /dev/zero; printf '\\033[2J\\033]0;x\\007'; ${fixing}`,
    ok: true,
  },
  'leaves a file of megabytes': {
    script: `${fixing}; head -c 3000000 /dev/urandom > core`,
    ok: false,
    reason: /binary files .* 1000000 are the limit/,
  },
  'links to the outside': { script: `${fixing}; ln -s /etc etc`, ok: false, reason: /lead out of/ },
};

for (const [what, { script, ok, reason }] of Object.entries(agents)) {
  test(`an agent that ${what}: ${ok ? 'its work lands' : 'nothing of it lands'}, and nothing is left behind`, async (t) => {
    const line = await openCommandLine(t);
    const repository = await red(t);
    const before = await repository.head();
    const flags = ['--max-attempts', '1', ...check, ...agent(script)];
    const done = await line.ao(['fix', repository.path, ...flags, '--json']);
    const report = reportIn(done);
    assert.equal(report.ok, ok, done.stdout);
    assert.equal(done.code, ok ? 0 : 1);
    if (reason !== undefined) assert.match(report.remaining[0]?.reason ?? '', reason);
    if (!ok) assert.equal(await repository.head('main'), before);
    assert.equal(await repository.git('status', '--porcelain'), '');
    await line.ao(['clean', '--older-than', '0']);
    assert.deepEqual(await readdir(path.join(line.home, 'workspaces')), []);
    await allTidy(line);
  });
}

/** Starts a run whose agent works until `go` exists, and waits until it does. */
async function atWork(line: CommandLine, repository: TestRepository) {
  const waiting = `${fixing}; echo at work; while ! test -e '${line.home}/go'; do sleep 0.1; done`;
  const child = spawn(
    process.execPath,
    [main, 'fix', repository.path, ...check, ...agent(waiting), '--json'],
    {
      env: { ...process.env, AO_HOME: line.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const live = async (): Promise<SessionView[]> =>
    JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
  await waitFor(
    'the agent',
    async () => (await live()).some(({ lastLine }) => lastLine === 'at work'),
    30_000,
  );
  return { child, ended };
}

test('a run whose agents were ended with the daemon says how to go on, and goes on to green from the saved work', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  const { child, ended } = await atWork(line, repository);
  const stopped = await line.ao(['daemon', 'stop', '--agents']);
  assert.equal(stopped.code, 0, stopped.stderr);
  const [stdout] = await ended;
  assert.equal(child.exitCode, 4);
  assert.deepEqual(JSON.parse(stdout).error, {
    code: 'daemon',
    message: 'the daemon was stopped',
    hint: 'Go on with the run: ao fix --resume',
  });
  await writeFile(path.join(line.home, 'go'), '');
  const resumed = await line.ao(['fix', repository.path, '--resume', '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(
    reportIn(resumed).tasks.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome)),
    ['killed', 'passed'],
  );
  await allTidy(line);
});

test('a repository that is removed in mid-run is said to be gone, and its work is kept', async (t) => {
  const line = await openCommandLine(t);
  const repository = await red(t);
  const { child, ended } = await atWork(line, repository);
  await repository.remove();
  await writeFile(path.join(line.home, 'go'), '');
  const [stdout] = await ended;
  assert.equal(child.exitCode, 1);
  const report: Report = JSON.parse(stdout);
  assert.match(report.remaining[0]?.reason ?? '', /there is no .* any more/);
  const diff = await line.ao(['diff', report.tasks[0]?.id ?? '']);
  assert.match(diff.stdout, /^\+1$/m);
});
