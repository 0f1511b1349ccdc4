import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { Report, Resources, SessionView } from '../../src/api/contract/responses.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';

const program = path.resolve(import.meta.dirname, 'support/spending-acp-agent.mjs');
const seesProcesses = process.platform === 'linux';

test('a session tells what it uses while it lives, and what its agent says that it cost, and the run sums that up', async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant', 'bee']) });
  t.after(() => repository.remove());
  const go = path.join(line.home, 'go');
  const flags = ['--agent', 'acp', '--agent-command', JSON.stringify([process.execPath, program, go])];
  const more = [
    '--check',
    `test=${nodeTest}`,
    '--concurrency',
    '2',
    '--max-attempts',
    '1',
    '--detach',
    '--json',
  ];
  const { run }: { run: string } = JSON.parse(
    (await line.ao(['fix', repository.path, ...flags, ...more])).stdout,
  );
  const live = await waitFor(
    'two agents at work',
    async () => {
      const all: (SessionView & { resources: Resources | null })[] = JSON.parse(
        (await line.ao(['list', '--live', '--json'])).stdout,
      );
      return all.filter(({ lastLine }) => lastLine === 'thinking').length === 2 && all;
    },
    60_000,
  );
  for (const { id, resources } of live) {
    assert.equal(resources !== null, seesProcesses);
    const shown = (await line.ao(['status', id])).stdout;
    assert.match(
      shown,
      seesProcesses ? /^ {2}uses +\d+ MB and \d+\.\d s of CPU in \d+ processes$/m : /uses +unknown/,
    );
    assert.match(shown, /^ {2}usage +not told$/m);
  }
  assert.match(
    (await line.ao(['list', '--live'])).stdout,
    seesProcesses ? / MEMORY [^]* \d+ MB / : / unknown /,
  );

  await writeFile(go, '');
  const report = await waitFor(
    'the end of the run',
    async () => {
      const told: { report: Report } = JSON.parse((await line.ao(['status', run, '--json'])).stdout);
      return told.report.outcome !== null && told.report;
    },
    60_000,
  );
  assert.deepEqual(report.usage, {
    sessions: 2,
    tokens: { input: 100, cached: 70, output: 5 },
    costUsd: 0.25,
    tokensUnknown: 1,
    costUnknown: 1,
  });
  const shown = (await line.ao(['status', run])).stdout;
  assert.match(
    shown,
    /^2 sessions: 100 tokens in \(70 from a cache\), 5 out · \$0\.2500 · .*cost unknown for 1 session$/m,
  );
  for (const { id, title } of live) {
    const ended = (await line.ao(['status', id])).stdout;
    assert.match(ended, title.includes('bee') ? /usage +not told/ : /usage +100 tokens in/);
    assert.doesNotMatch(ended, /^ {2}uses /m, 'it has ended');
    assert.equal(JSON.parse((await line.ao(['status', id, '--json'])).stdout).resources, null);
  }
});
