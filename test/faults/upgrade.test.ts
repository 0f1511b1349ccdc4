import assert from 'node:assert/strict';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { homePaths } from '../../src/lib/ao-home.ts';
import { readDaemonInfo } from '../../src/api/client/daemon-info.ts';
import type { Report } from '../../src/domain/report.ts';
import type { SessionView } from '../../src/engine/engine.ts';
import { codeId } from '../../src/lib/code-id.ts';
import { waitFor } from '../support/wait-for.ts';
import { violations } from './rules.ts';
import { makeStage, names, type Stage, upgraded } from './stage.ts';
import { copyVersion, type Version } from './version.ts';

const lines = 20;

describe('An upgrade of ao while agents work', { concurrency: true }, () => {
  let older: Version;
  let newer: Version;
  before(async () => {
    older = copyVersion(null);
    newer = copyVersion(null);
    const later = new Date(Date.now() + 60_000);
    await utimes(path.join(newer.root, 'src/lib/closest.ts'), later, later);
  });
  after(() => {
    older.remove();
    newer.remove();
  });

  const ways = {
    'Agents outlive a daemon that the newer code replaces': async () => {},
    'Agents outlive a daemon that is killed, and the newer code finds them': async (stage: Stage) => {
      process.kill(daemonOf(stage).pid, 'SIGKILL');
    },
  };
  for (const [title, end] of Object.entries(ways)) {
    test(`${title}: none is started again, their output is followed on, each line once`, async (t) => {
      const stage = await makeStage(older);
      t.after(() => stage.remove());
      await letAgentsWait(stage);
      const asked = await stage.ao('fix', stage.repository.path, '--agent', 'scripted', ...flags, '--detach');
      assert.equal(asked.code, 0, asked.stderr);
      await waitFor(
        'all agents at work',
        async () => (await stage.started()).length === names.length,
        30_000,
      );
      const working = await live(stage, names.length);
      const [session] = working;
      const following = stage.ao('logs', session?.id ?? '', '--follow');
      const old = daemonOf(stage);

      await end(stage);
      const now = upgraded(stage, newer);
      assert.deepEqual(await live(now, names.length), working, 'the same agents');
      const young = daemonOf(stage);
      assert.notEqual(young.pid, old.pid);
      assert.deepEqual(
        [old.codeId, young.codeId],
        [older, newer].map(({ root }) => codeId(path.join(root, 'src'))),
      );

      await writeFile(path.join(stage.scratch, 'go'), '');
      const done = await now.ao('fix', stage.repository.path, '--resume', '--json');
      const report: Report = JSON.parse(done.stdout);
      assert.equal(report.tasks.flatMap(({ attempts }) => attempts).length, names.length, 'one attempt each');
      assert.equal((await following).stdout, numbered(1, 2 * lines));
      assert.deepEqual(await violations(now), []);
    });
  }
});

const flags = ['--group', 'finding', '--check', 'test=sh check.sh'];

function daemonOf(stage: Stage) {
  const info = readDaemonInfo(homePaths(stage.env));
  assert.ok(info);
  return info;
}

/** Who they are and what holds them, once there are so many. */
async function live(stage: Stage, count: number): Promise<{ id: string; pid: number | null }[]> {
  const ask = async (): Promise<false | { id: string; pid: number | null }[]> => {
    const views: SessionView[] = JSON.parse((await stage.ao('list', '--live', '--json')).stdout);
    const held = views.filter(({ pid }) => pid !== null).map(({ id, pid }) => ({ id, pid }));
    return held.length === count && held;
  };
  return waitFor('the agents', ask, 30_000);
}

/** They print half of their lines, and after `go` the other half. */
async function letAgentsWait(stage: Stage): Promise<void> {
  const script = path.join(stage.scratch, 'script.json');
  const { rules } = JSON.parse(await readFile(script, 'utf8')) as { rules: { steps: unknown[] }[] };
  const go = path.join(stage.scratch, 'go');
  for (const rule of rules) {
    const [started, , ...rest] = rule.steps;
    const wait = { run: ['sh', '-c', `until test -e '${go}'; do sleep 0.05; done`] };
    rule.steps = [{ say: text(1, lines) }, started, wait, { say: text(lines + 1, 2 * lines) }, ...rest];
  }
  await writeFile(script, JSON.stringify({ rules }));
}

const text = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}`).join('\n');

const numbered = (from: number, to: number): string => `${text(from, to)}\n`;
