import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SessionView } from '../../src/api/contract/responses.ts';
import { makeRepository, type TestRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CommandLine, openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';

const program = path.resolve(import.meta.dirname, 'support/remembering-acp-agent.mjs');

interface Scene {
  line: CommandLine;
  repository: TestRepository;
  /** Of the agent. */
  directory: string;
  fix: string[];
  sessions(): Promise<SessionView[]>;
  /** How often its agent was asked what, in the order of first times. */
  asked(): Promise<Record<string, number>>;
}

async function openScene(t: TestContext): Promise<Scene> {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const directory = path.join(line.home, 'agent');
  await mkdir(directory);
  const command = JSON.stringify([process.execPath, program, directory]);
  return {
    line,
    repository,
    directory,
    fix: [
      'fix',
      repository.path,
      '--agent',
      'acp',
      '--agent-command',
      command,
      '--check',
      `test=${nodeTest}`,
    ],
    sessions: async () => {
      const all: SessionView[] = JSON.parse((await line.ao(['list', '--json'])).stdout);
      return all.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
    },
    asked: async () => {
      const log = (await readFile(path.join(directory, 'log'), 'utf8')).trimEnd().split('\n');
      const methods = [...new Set(log)];
      return Object.fromEntries(methods.map((name) => [name, log.filter((one) => one === name).length]));
    },
  };
}

test('a second try goes on with the conversation of the first where that was held, also under a daemon that comes back', async (t) => {
  const { line, repository, directory, fix, sessions, asked } = await openScene(t);
  assert.equal((await line.ao([...fix, '--detach'])).code, 0);
  const living = await waitFor(
    'the second try',
    async () => (await sessions()).find(({ takenUp, lastLine }) => takenUp && lastLine === 'thinking'),
    60_000,
  );
  const daemon = await line.daemon();
  process.kill(daemon, 'SIGKILL');
  const [first, again] = await waitFor('what it said', async () => {
    const all = await sessions();
    return all[1]?.lastLine === 'thinking' && all;
  });
  assert.equal(again?.pid, living.pid);
  assert.match((await line.ao(['status', living.id])).stdout, /in the conversation of the attempt before/);
  await writeFile(path.join(directory, 'go'), '');
  const ended = await line.ao(['fix', repository.path, '--resume']);
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual(await asked(), {
    initialize: 2,
    'session/new': 1,
    'session/prompt': 2,
    'session/resume': 1,
  });
  assert.equal(first?.workspace, again?.workspace);
  assert.equal(first?.conversation, again?.conversation);
  assert.equal(existsSync(living.workspace), false, 'the task is settled');
});

test('a second try begins a new conversation where that of the first is gone', async (t) => {
  const { line, directory, fix, sessions, asked } = await openScene(t);
  const forget = `rm -rf '${path.join(directory, 'sessions')}'`;
  const ended = await line.ao([...fix, '--max-attempts', '2', '--check', `forget=${forget}`]);
  assert.equal(ended.code, 1, 'in new conversations it mends nothing');
  assert.deepEqual(
    (await sessions()).map(({ takenUp }) => takenUp),
    [false, false],
  );
  assert.deepEqual(await asked(), {
    initialize: 2,
    'session/new': 2,
    'session/prompt': 2,
    'session/resume': 1,
  });
  const [, last] = await sessions();
  assert.equal(existsSync(last?.workspace ?? ''), true, 'it waits for a person');
  assert.equal((await line.ao(['clean', '--older-than', '1s'])).code, 0);
});
