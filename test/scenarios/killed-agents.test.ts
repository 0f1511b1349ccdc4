import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test, type TestContext } from 'node:test';
import { findAgent } from '../../src/adapters/runtimes/executing.ts';
import type { Report } from '../../src/domain/report.ts';
import type { SessionView } from '../../src/engine/engine.ts';
import { pidsOf, readProcessTable, readStartTime } from '../../src/lib/process-table.ts';
import { findMarked } from '../../src/lib/process-tree.ts';
import { noNamespaces } from '../support/pid-namespaces.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CommandLine, openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';
import { hasTmux } from './support/terminal.ts';

interface AtWork {
  line: CommandLine;
  repository: string;
  session: SessionView;
  /** Of all processes of the session. */
  mark: string;
  /** Lets the agent of the first attempt end. */
  go(): Promise<void>;
}

/**
 * A run whose agent writes half of its work, prints a line and waits for `go`. The second attempt ends in an error where it
 * does not find the half of the first.
 */
async function startAgent(t: TestContext, flags: string[], onGo = 'exit 0'): Promise<AtWork> {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const [ready, go] = [path.join(line.home, 'ready'), path.join(line.home, 'go')];
  const script = `if [ "$AO_ATTEMPT" = 1 ]; then
      echo half >half.txt; (sleep 300 &); echo working; printf 'TASK COMP'; : >'${ready}'
      while ! test -e '${go}'; do sleep 0.05; done; ${onGo}
    fi
    rm half.txt && sed -i 's/return 0/return 1/' src/ant.mjs`;
  const agent = JSON.stringify(['/bin/sh', '-c', script, 'agent', '{promptFile}']);
  const wanted = ['--agent-command', agent, '--max-attempts', '2', '--detach', ...flags];
  const env = { AO_CHECKS: JSON.stringify({ test: nodeTest }) };
  const started = await line.ao(['fix', repository.path, ...wanted], { env });
  assert.equal(started.code, 0, started.stderr);
  await waitFor(
    'an agent at work',
    () =>
      access(ready).then(
        () => true,
        () => false,
      ),
    30_000,
  );
  const session = await waitFor('its session', () => running(line));
  const mark = (await readProcessTable()).find(({ pid }) => pid === session.pid)?.mark ?? '';
  assert.notEqual(mark, '');
  return { line, repository: repository.path, session, mark, go: () => writeFile(go, '') };
}

/** Its start is written down a moment after it. */
async function running(line: CommandLine): Promise<SessionView | undefined> {
  const sessions: SessionView[] = JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
  return sessions.find(({ pid }) => pid !== null);
}

async function untilGreen({ line, repository }: AtWork): Promise<Report> {
  const resumed = await line.ao(['fix', repository, '--resume', '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  return JSON.parse(resumed.stdout);
}

/** The first attempt's work was saved and the second one went on from it; nothing of the first session lives. */
async function assertGoneOn(at: AtWork, reason: RegExp): Promise<void> {
  const report = await untilGreen(at);
  const attempts = report.tasks.flatMap((task) => task.attempts);
  assert.deepEqual(
    attempts.map(({ outcome }) => outcome),
    ['failed', 'passed'],
  );
  const saved = await at.line.ao(['diff', at.session.id]);
  assert.match(saved.stdout, /^\+half$/m);
  assert.match(onRow(at, (row) => row).reason, reason);
  assert.deepEqual(await findMarked(at.mark), []);
}

function kill9(pid: number | null): void {
  assert.ok(pid !== null && pid > 1);
  process.kill(pid, 'SIGKILL');
}

async function agentOf(at: AtWork): Promise<number> {
  const own = Number(await readFile(path.join(path.dirname(at.session.log), 'pid'), 'utf8'));
  return (await findAgent(at.mark, own)) ?? assert.fail('the agent is gone');
}

/** All at one blow, so that none sees another end. */
async function killTree({ mark }: AtWork): Promise<void> {
  for (const { pid } of await findMarked(mark)) {
    try {
      kill9(pid);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

const kills: Record<What, { kill: (at: AtWork) => Promise<void>; reason: RegExp }> = {
  'an agent': {
    kill: async (at) => kill9(await agentOf(at)),
    reason: /ended by SIGKILL/,
  },
  'the whole tree of an agent': {
    kill: killTree,
    reason: /its process is gone/,
  },
  'the shell that holds an agent': {
    kill: async (at) => {
      kill9(at.session.pid);
      await at.go();
    },
    reason: /its process is gone/,
  },
};

type What = 'an agent' | 'the whole tree of an agent' | 'the shell that holds an agent';

const ways: Record<string, { flags: string[]; of: What[] }> = {
  'in a pid namespace': {
    flags: ['--isolation', 'auto'],
    of: ['an agent', 'the whole tree of an agent', 'the shell that holds an agent'],
  },
  'among all processes': {
    flags: ['--isolation', 'none'],
    of: ['the whole tree of an agent', 'the shell that holds an agent'],
  },
  'in tmux': { flags: ['--runtime', 'tmux'], of: ['an agent', 'the shell that holds an agent'] },
};

describe('kill -9', { concurrency: 2 }, () => {
  for (const [how, { flags, of }] of Object.entries(ways)) {
    const skip = how === 'in tmux' && !hasTmux ? 'there is no tmux' : false;
    for (const what of of) {
      test(`of ${what} ${how}: its work is saved, and the next attempt goes on from it`, {
        skip,
      }, async (t) => {
        const at = await startAgent(t, flags);
        const depth = flags.includes('none') || noNamespaces ? 1 : 2;
        assert.equal(pidsOf(await agentOf(at)).length, depth);
        await kills[what].kill(at);
        await assertGoneOn(at, kills[what].reason);
      });
    }
  }
});

describe('a daemon that comes back', { concurrency: 2 }, () => {
  test('after the machine was restarted takes nobody else for the agent, and goes on from what it left', async (t) => {
    const at = await startAgent(t, []);
    kill9(await at.line.daemon());
    await killTree(at);
    const bystander = spawn('/bin/sleep', ['300'], { stdio: 'ignore', detached: true });
    t.after(() => bystander.kill('SIGKILL'));
    await once(bystander, 'spawn');
    const ticks = (await readStartTime(bystander.pid ?? 0))?.split(':')[1];
    const startTime = `00000000-0000-4000-8000-000000000000:${ticks}`;
    onRow(at, (row) => ({ ...row, handle: { ...row.handle, pid: bystander.pid, startTime } }));
    await assertGoneOn(at, /its process is gone/);
    assert.equal(bystander.exitCode ?? bystander.signalCode, null);
  });

  test('when the agent has ended meanwhile reads the rest of its output and judges its work', async (t) => {
    const rest = `echo 'LETE: all of it'; rm half.txt; sed -i 's/return 0/return 1/' src/ant.mjs; exit 0`;
    const at = await startAgent(t, [], rest);
    kill9(await at.line.daemon());
    await at.go();
    await waitFor('its end', async () => (await readStartTime(at.session.pid ?? 0)) === null);
    const report = await untilGreen(at);
    const [attempt, ...more] = report.tasks.flatMap((task) => task.attempts);
    assert.deepEqual([attempt?.outcome, attempt?.claim, more], ['passed', 'TASK COMPLETE: all of it', []]);
    assert.equal((await at.line.ao(['logs', at.session.id])).stdout, 'working\nTASK COMPLETE: all of it\n');
    assert.deepEqual(await findMarked(at.mark), []);
  });
});

/** The session's row in the store, as `change` leaves it. */
function onRow({ line, session }: AtWork, change: (row: SessionRow) => SessionRow): SessionRow {
  const database = new DatabaseSync(path.join(line.home, 'ao.db'));
  try {
    const found = database.prepare('SELECT body FROM session WHERE id = ?').get(session.id);
    const row = change(JSON.parse(String(found?.['body'])));
    database.prepare('UPDATE session SET body = ? WHERE id = ?').run(JSON.stringify(row), session.id);
    return row;
  } finally {
    database.close();
  }
}

interface SessionRow {
  reason: string;
  handle: object;
}
