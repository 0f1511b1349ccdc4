import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Preview, Report, RunView, SessionView } from '../../src/api/contract/responses.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const check = ['--check', `test=${nodeTest}`];
const honest = `cat >/dev/null; printf '\\033[31mlooking\\033[0m\\nfixing\\n'; sed -i.old 's/return 0/return 1/' src/ant.mjs; rm src/ant.mjs.old`;
const fixing = [...check, '--agent-command', JSON.stringify(['/bin/sh', '-c', honest])];
const waiting = [...check, '--agent-command', JSON.stringify(['/bin/sh', '-c', 'echo at work; sleep 600'])];

test('a finished run can be looked at from all sides, and tidied', async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());

  const fixed = await line.ao(['fix', repository.path, ...fixing, '--json']);
  assert.equal(fixed.code, 0, fixed.stderr);
  const report: Report = JSON.parse(fixed.stdout);
  assert.equal(report.ok, true);
  for (const said of [
    /attempt 1 started$/m,
    /gate: passed, queued to land$/m,
    /landed [0-9a-f]{10}$/m,
    /finished: green$/m,
  ]) {
    assert.match(fixed.stderr, said);
  }
  const times = fixed.stderr.trimEnd().split('\n');
  assert.ok(
    times.every((one) => /^\d\d:\d\d:\d\d /.test(one)),
    fixed.stderr,
  );

  const task = report.tasks[0]?.id ?? '';
  const session = report.tasks[0]?.attempts[0]?.session ?? '';
  const runs: RunView[] = JSON.parse((await line.ao(['status', '--json'])).stdout);
  assert.deepEqual(
    runs.map(({ id }) => id),
    [report.run],
  );
  assert.match((await line.ao(['status'])).stdout, /landed/);
  assert.match((await line.ao(['status', report.run.slice(0, 6)])).stdout, /main is green: 1 of 1 task done/);
  assert.match((await line.ao(['status', task.slice(0, 6)])).stdout, /attempt 1 {2}passed/);
  assert.match((await line.ao(['status', session])).stdout, /completed/);
  const sessions: SessionView[] = JSON.parse((await line.ao(['list', '--json'])).stdout);
  assert.deepEqual(
    sessions.map(({ id }) => id),
    [session],
  );

  assert.equal((await line.ao(['logs', task.slice(0, 6)])).stdout, '\x1b[31mlooking\x1b[0m\nfixing\n');
  assert.equal((await line.ao(['logs', session, '-f', '-n', '1'])).stdout, 'fixing\n');
  assert.equal(JSON.parse((await line.ao(['logs', task, '--json'])).stdout).session.id, session);
  assert.match((await line.ao(['diff', task.slice(0, 6)])).stdout, /^\+ {2}return 1;$/m);

  const planned = await line.ao(['clean', '--older-than', '0', '--dry-run']);
  assert.match(planned.stdout, /would remove/);
  const kept = JSON.parse((await line.ao(['clean', '--json'])).stdout);
  assert.deepEqual(kept.removed, [], 'a run of today is not old');
  const cleaned = JSON.parse((await line.ao(['clean', '--older-than', '0', '--json'])).stdout);
  assert.ok(cleaned.removed.length > 0);
  assert.equal((await line.ao(['logs', session])).code, 5, 'its log has gone');
});

test('an id that nobody has ends every command with exit code 5 and a hint', async (t) => {
  const line = await openCommandLine(t);
  for (const command of ['status', 'logs', 'diff', 'retry', 'cancel', 'accept']) {
    const { code, stdout } = await line.ao([command, 'ffff', '--json']);
    assert.equal(code, 5, command);
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, 'notFound', command);
    assert.match(error.message, /ffff/, command);
    assert.ok(error.hint, command);
  }
});

test('a message without words is not sent', async (t) => {
  const line = await openCommandLine(t);
  for (const blank of ['', ' \t\n']) {
    const { code, stderr } = await line.ao(['send', 'ffff', blank]);
    assert.equal(code, 2);
    assert.match(stderr, /nothing to say/);
  }
});

test('--dry-run shows findings and planned tasks, and leaves no trace', async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant', 'bee']) });
  t.after(() => repository.remove());
  const refs = await repository.git('for-each-ref');
  const shown = await line.ao(['fix', repository.path, ...check, '--dry-run']);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^main at [0-9a-f]{10}: 2 findings, 2 tasks, 0 flaky$/m);
  assert.match(shown.stdout, /^ {2}test {2}test\/ant\.test\.mjs:\d+ {2}ant is 1$/m);
  const told: Preview = JSON.parse(
    (await line.ao(['fix', repository.path, ...check, '--dry-run', '--json'])).stdout,
  );
  assert.equal(told.tasks.length, 2);
  assert.deepEqual(JSON.parse((await line.ao(['status', '--json'])).stdout), []);
  assert.equal(await repository.git('for-each-ref'), refs);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops the run, waits for its end, reports it, and exits with 130`, async (t) => {
    const line = await openCommandLine(t);
    const repository = await makeRepository({ files: redModules(['ant']) });
    t.after(() => repository.remove());
    const child = spawn(process.execPath, [main, 'fix', repository.path, ...waiting, '--json'], {
      env: { ...process.env, AO_HOME: line.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = text(child.stdout);
    const errors = text(child.stderr);
    const closed = once(child, 'close');
    const live = async (): Promise<SessionView[]> =>
      JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
    await waitFor(
      'the agent',
      async () => (await live()).some(({ lastLine }) => lastLine === 'at work'),
      30_000,
    );

    const other = await line.ao(['fix', repository.path, ...waiting, '--max-attempts', '7', '--json']);
    assert.equal(other.code, 6, 'other options on the same repository');
    assert.equal(JSON.parse(other.stdout).error.code, 'conflict');
    const joined = await line.ao(['fix', repository.path, ...waiting, '--detach', '--json']);
    assert.equal(JSON.parse(joined.stdout).joined, true);
    const { run: id } = JSON.parse(joined.stdout);
    assert.match((await line.ao(['status', id])).stdout, /ant is 1.*\n +attempt 1 under way$/m);

    child.kill(signal);
    await closed;
    assert.equal(child.exitCode, 130, await errors);
    const report: Report = JSON.parse(await stdout);
    assert.equal(report.outcome, 'stopped');
    assert.equal(report.run, JSON.parse(joined.stdout).run);
    assert.deepEqual(await live(), []);
  });
}
