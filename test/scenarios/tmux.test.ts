import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { Report } from '../../src/domain/report.ts';
import type { SessionView } from '../../src/engine/engine.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CommandLine, openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';
import { hasTmux, openTerminal } from './support/terminal.ts';

const run = promisify(execFile);
const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const checks = { AO_CHECKS: JSON.stringify({ test: nodeTest }) };

interface Started {
  line: CommandLine;
  repository: string;
  run: string;
  session: SessionView;
  terminal: NonNullable<SessionView['terminal']>;
}

/** A run in tmux whose agent is this shell text: it gets `{promptFile}`, so that the terminal is its standard input. */
async function startAgent(t: TestContext, script: string): Promise<Started> {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const agent = JSON.stringify(['/bin/sh', '-c', script, 'agent', '{promptFile}']);
  const flags = ['--runtime', 'tmux', '--agent-command', agent, '--detach'];
  const started = await line.ao(['fix', repository.path, ...flags], { env: checks });
  assert.equal(started.code, 0, started.stderr);
  const session = await waitFor('a running agent', () => sessionAtWork(line), 30_000);
  assert.ok(session.terminal);
  return {
    line,
    repository: repository.path,
    run: started.stdout.trim(),
    session,
    terminal: session.terminal,
  };
}

async function sessionAtWork(line: CommandLine): Promise<SessionView | undefined> {
  const sessions: SessionView[] = JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
  return sessions.find(({ lastLine }) => lastLine !== null);
}

async function untilFinished({ line, repository, run: id }: Started): Promise<Report> {
  const resumed = await line.ao(['fix', repository, '--resume', '--json']);
  const report: Report = JSON.parse(resumed.stdout);
  assert.equal(report.run, id);
  assert.equal(report.ok, true, resumed.stderr);
  return report;
}

async function serverPid(socket: string): Promise<number> {
  return Number((await run('tmux', ['-S', socket, 'display-message', '-p', '#{pid}'])).stdout);
}

const outcomes = (report: Report): unknown[] =>
  report.tasks.flatMap(({ attempts }) => attempts.map(({ outcome, reason }) => [outcome, reason]));

describe('ao fix --runtime tmux', { skip: hasTmux ? false : 'there is no tmux' }, () => {
  test('ao attach enters the live terminal: what is typed there reaches the agent, whose work lands', async (t) => {
    const started = await startAgent(
      t,
      `echo looking; printf 'which number? '; read number; sed -i "s/return 0/return $number/" src/ant.mjs`,
    );
    const { line, session } = started;
    const piped = await line.ao(['attach', session.id]);
    assert.equal(piped.code, 2);
    assert.match(piped.stderr, /needs a terminal[^]*ao logs -f/);
    const terminal = await openTerminal(t, { AO_HOME: line.home, AO: `${process.execPath} ${main}` });
    await terminal.type(`$AO attach ${session.task.slice(0, 8)}; echo "left with $?"`);
    await terminal.shows(/which number\? *$/);
    await terminal.press('C-b', 'd');
    await terminal.shows(/^left session .*: its agent goes on$/);
    await terminal.shows(/left with 0/);
    await terminal.type(`clear; $AO attach ${session.id}`);
    await terminal.shows(/which number\? *$/);
    await terminal.type('1');
    const report = await untilFinished(started);
    assert.deepEqual(outcomes(report), [['passed', null]]);
    const { stdout, stderr } = await line.ao(['attach', session.id]);
    assert.match(stderr, /has ended/);
    assert.match(stdout, /looking\r\nwhich number\? 1\r\n/);
    await assert.rejects(serverPid(started.terminal.socket), 'a server without sessions ends');
  });

  test('Agents outlive the daemon (kill -9, agents in tmux): the run goes on to green, no attempt twice', async (t) => {
    const started = await startAgent(
      t,
      'echo "$AO_ATTEMPT" >>"$AO_ARTIFACTS_DIR/../../../../../starts"; echo working; read line; sed -i "s/return 0/return 1/" src/ant.mjs',
    );
    const { line, session, terminal } = started;
    process.kill(await line.daemon(), 'SIGKILL');
    const again: SessionView = JSON.parse((await line.ao(['attach', session.id, '--json'])).stdout);
    assert.equal(again.state, 'running');
    assert.equal(again.pid, session.pid);
    await run('tmux', ['-S', terminal.socket, 'send-keys', '-t', `=${terminal.session}:`, 'Enter']);
    const report = await untilFinished(started);
    assert.deepEqual(outcomes(report), [['passed', null]]);
    assert.equal(await readFile(path.join(line.home, 'starts'), 'utf8'), '1\n');
  });

  test('kill -9 of the tmux server ends its agents; the next attempt brings the server back and lands', async (t) => {
    const started = await startAgent(
      t,
      'echo half >half.txt; echo working; [ "$AO_ATTEMPT" -gt 1 ] || sleep 60; rm half.txt; sed -i "s/return 0/return 1/" src/ant.mjs',
    );
    process.kill(await serverPid(started.terminal.socket), 'SIGKILL');
    const report = await untilFinished(started);
    assert.deepEqual(
      report.tasks.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome)),
      ['failed', 'passed'],
    );
    const saved = await started.line.ao(['diff', started.session.id]);
    assert.match(saved.stdout, /^\+half$/m);
    const told = await started.line.ao(['status', started.session.id]);
    assert.match(told.stdout, /failed/);
  });

  test('ao attach follows an agent that has no terminal', async (t) => {
    const line = await openCommandLine(t);
    const repository = await makeRepository({ files: redModules(['ant']) });
    t.after(() => repository.remove());
    const go = path.join(line.home, 'go');
    const script = `echo before; while ! test -e '${go}'; do sleep 0.05; done; echo behind; sed -i 's/return 0/return 1/' src/ant.mjs`;
    const agent = JSON.stringify(['/bin/sh', '-c', script]);
    await line.ao(['fix', repository.path, '--agent-command', agent, '--detach'], { env: checks });
    const session = await waitFor('a running agent', () => sessionAtWork(line), 30_000);
    const attached = line.ao(['attach', session.id]);
    await writeFile(go, '');
    const { code, stdout, stderr } = await attached;
    assert.equal(code, 0);
    assert.equal(stdout, 'before\nbehind\n');
    assert.match(stderr, /has no terminal, and its agent takes no messages|has ended/);
  });
});
