import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { Report } from '../../src/domain/report.ts';
import type { SessionView } from '../../src/engine/engine.ts';
import { saidIn } from '../support/outbox.ts';
import { makeRepository, type TestRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CommandLine, openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';
import { hasTmux, openTerminal, type Terminal } from './support/terminal.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const program = path.resolve(import.meta.dirname, 'support/acp-agent.mjs');

const skip = hasTmux ? false : 'there is no tmux';

interface AtWork {
  line: CommandLine;
  repository: TestRepository;
  session: SessionView;
  terminal: Terminal;
  /** Ends the agent's first turn when it is there. */
  go: string;
}

async function agentAtWork(t: TestContext): Promise<AtWork> {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const go = path.join(line.home, 'go');
  const agent = JSON.stringify([process.execPath, program, 'src/ant.mjs', go]);
  const flags = ['--agent', 'acp', '--agent-command', agent, '--detach'];
  const env = { AO_CHECKS: JSON.stringify({ test: nodeTest }) };
  const started = await line.ao(['fix', repository.path, ...flags], { env });
  assert.equal(started.code, 0, started.stderr);
  const atWork = async (): Promise<SessionView | undefined> => {
    const live: SessionView[] = JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
    return live.find(({ lastLine }) => lastLine?.includes('looking'));
  };
  const session = await waitFor('an agent at work', atWork, 30_000);
  const terminal = await openTerminal(t, { AO_HOME: line.home, AO: `${process.execPath} ${main}` });
  return { line, repository, session, terminal, go };
}

async function attach({ terminal, session }: AtWork): Promise<void> {
  await terminal.type(`clear; $AO attach ${session.id}; echo "left with $?"`);
  await terminal.shows(/^> *$/);
}

/** Resolves when it is in the outbox: that the line shows it is only what was typed. */
async function tell({ terminal, line }: AtWork, text: string): Promise<void> {
  await terminal.type(text);
  await waitFor('a message in the outbox', () => saidIn(line.home, text).length > 0, 30_000);
}

test('ao send --wait goes on where the daemon is killed meanwhile, and the agent has it once', {
  skip,
}, async (t) => {
  const { line, session, go } = await agentAtWork(t);
  const text = 'export const ant = () => 1; // once';
  const sent = line.ao(['send', session.id, '--wait', text]);
  await waitFor('a message in the outbox', () => saidIn(line.home, text).length > 0, 30_000);
  process.kill(await line.daemon(), 'SIGKILL');
  await waitFor('another daemon', async () => (await line.ao(['daemon', 'status'])).code === 0, 30_000);
  await writeFile(go, '');
  const { code, stdout, stderr } = await sent;
  assert.deepEqual([code, stdout], [0, `${session.id} has it\n`], stderr);
  assert.equal(saidIn(line.home, text).length, 1);
});

test('ao send --wait starts no daemon where somebody stopped it', { skip }, async (t) => {
  const { line, session } = await agentAtWork(t);
  const sent = line.ao(['send', session.id, '--wait', 'anything']);
  await waitFor('a message in the outbox', () => saidIn(line.home, 'anything').length > 0, 30_000);
  assert.equal((await line.ao(['daemon', 'stop'])).code, 0);
  const { code, stderr } = await sent;
  assert.equal(code, 4, stderr);
  assert.match(stderr, /the daemon was stopped/);
  assert.equal((await line.ao(['daemon', 'status'])).code, 4);
});

describe('ao attach to an agent without a terminal', { skip }, () => {
  test('shows what it prints above the typed line, and what is typed reaches it, whose work lands', async (t) => {
    const at = await agentAtWork(t);
    const { line, repository, session, terminal, go } = at;
    assert.equal(session.takesMessages, true);

    await attach(at);
    await terminal.shows(/looking for a hint/);
    await terminal.resize(30, 24);
    await terminal.press('half of a line that is longer than the terminal is wide');
    await terminal.shows(/^r than the terminal is wide$/);
    await terminal.press('C-c');
    await terminal.shows(/^left with 0/);
    await terminal.resize(90, 24);
    await attach(at);
    await terminal.press('C-d');
    await terminal.shows(/^left with 0/);

    await attach(at);
    await tell(at, 'export const ant = () => 1; // ü');
    await writeFile(go, '');
    await terminal.shows(/took: export const ant/);
    await terminal.shows(/^session .* has ended$/);
    await terminal.shows(/^left with 0/);
    const resumed = await line.ao(['fix', repository.path, '--resume', '--json']);
    const report: Report = JSON.parse(resumed.stdout);
    assert.equal(report.ok, true, resumed.stderr);
  });

  test('says which of what was typed the agent never had', async (t) => {
    const at = await agentAtWork(t);
    await attach(at);
    await tell(at, 'too late');
    const stopped = await at.line.ao(['stop', at.session.run]);
    assert.equal(stopped.code, 0, stopped.stderr);
    await at.terminal.shows(/^"too late" was not delivered: the agent ended before it could be told$/);
    await at.terminal.shows(/^left with 0/);
  });

  test('gives the terminal back, with why, when somebody stops the daemon', async (t) => {
    const at = await agentAtWork(t);
    await attach(at);
    assert.equal((await at.line.ao(['daemon', 'stop'])).code, 0);
    await at.terminal.shows(/^ao: the daemon was stopped$/);
    await at.terminal.shows(/^left with 4/);
  });
});
