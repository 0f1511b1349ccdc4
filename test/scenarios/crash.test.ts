import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { Report } from '../../src/domain/report.ts';
import type { RunView } from '../../src/engine/engine.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CommandLine, openCommandLine } from './support/command-line.ts';
import { failingTests, landedCommits, nodeTest } from './support/engine.ts';
import { honestFix, redModules } from './support/modules.ts';

const names = ['ant', 'bee', 'cat'];

/** When the daemon is killed: as soon as some task is in one of these phases. */
const moments: Record<string, string[]> = {
  'while agents work': ['working'],
  'while changes are at the gate': ['checking'],
  'while changes are landing': ['queued', 'landing'],
  'after something has landed': ['landed'],
};

for (const [moment, phases] of Object.entries(moments)) {
  test(`Agents outlive the daemon (kill -9 ${moment}): the run goes on to green, no attempt twice, nothing orphaned`, async (t) => {
    const line = await openCommandLine(t);
    const repository = await makeRepository({ files: redModules(names) });
    t.after(() => repository.remove());
    const before = await repository.head();
    const starts = path.join(line.home, 'starts');
    const agentScript = path.join(line.home, 'script.json');
    const rules = names.map((name, index) => ({
      match: { finding: name },
      steps: [
        { run: ['sh', '-c', `echo "$AO_TASK_ID.$AO_ATTEMPT" >> '${starts}'`] },
        { wait: 600 + index * 200 },
        honestFix(name, index + 1),
      ],
    }));
    await writeFile(agentScript, JSON.stringify({ rules }));
    const flags = ['--agent', 'scripted', '--check', `test=sleep 0.2 && ${nodeTest}`];
    const started = await line.ao(['fix', repository.path, '--detach', ...flags], {
      env: { AO_AGENT_SCRIPT: agentScript },
    });
    assert.equal(started.code, 0, started.stderr);

    await waitFor('the moment', () => anyTaskIn(line, phases), 30_000);
    process.kill(await line.daemon(), 'SIGKILL');

    const resumed = await line.ao(['fix', repository.path, '--resume', '--json']);
    assert.equal(resumed.code, 0, resumed.stderr);
    const report: Report = JSON.parse(resumed.stdout);
    assert.equal(report.run, started.stdout.trim());
    assert.equal(report.ok, true);
    const launched = (await readFile(starts, 'utf8')).trim().split('\n');
    assert.equal(
      new Set(launched).size,
      launched.length,
      `an attempt was started twice: ${launched.join(' ')}`,
    );
    assert.equal(launched.length, report.tasks.flatMap(({ attempts }) => attempts).length);
    const counts: number[] = [];
    for (const commit of [before, ...(await landedCommits(repository, before))]) {
      counts.push((await failingTests(repository, commit)).length);
    }
    assert.equal(counts.at(-1), 0);
    assert.ok(
      counts.every((count, index) => index === 0 || count < (counts[index - 1] ?? 0)),
      String(counts),
    );
    const live = await line.ao(['list', '--live', '--json']);
    assert.deepEqual(JSON.parse(live.stdout), []);
  });
}

async function anyTaskIn(line: CommandLine, phases: string[]): Promise<boolean> {
  const status = await line.ao(['status', '--json']);
  const views: RunView[] = JSON.parse(status.stdout);
  return views.some((view) => view.tasks.some(({ phase }) => phases.includes(phase)));
}
