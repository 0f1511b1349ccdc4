import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import type { RunView } from '../../src/engine/engine.ts';
import { waitFor } from '../support/wait-for.ts';
import { violations } from './rules.ts';
import { mountSmallDisk, type SmallDisk, withoutMounts } from './small-disk.ts';
import { makeStage, names, type Stage } from './stage.ts';
import { copyVersion, type Version } from './version.ts';

/** In CI a machine that cannot do it is a failure of the tests. */
const missing = process.env['CI'] === 'true' ? null : withoutMounts();
const skipped = missing === null ? '' : ` (skipped: ${missing})`;
const fix = [
  '--agent',
  'scripted',
  '--group',
  'finding',
  '--check',
  'test=sh check.sh',
  '--concurrency',
  '1',
];

describe('A disk that takes nothing', { skip: missing ?? false }, () => {
  let version: Version;
  before(() => {
    version = copyVersion(null);
  });
  after(() => version.remove());

  test(`A full disk costs nothing: the run says so, waits, and goes on to green when there is space${skipped}`, async (t) => {
    const stage = await makeStage(version);
    const disk = mountSmallDisk(stage.home, 64);
    t.after(() => removeBoth(stage, disk));
    stage.env['AO_DISK_RESERVE'] = '4M';
    await letAgentsFill(stage, disk.filler);

    const asked = await stage.ao('fix', stage.repository.path, ...fix, '--detach');
    assert.equal(asked.code, 0, asked.stderr);
    for (const name of names) {
      const activity = await waitFor(
        `the agent of ${name} has filled the disk`,
        () => blocked(stage),
        30_000,
      );
      assert.match(activity, /^disk_blocked: the disk of .* free/);
      assert.match((await stage.ao('list')).stderr, /^disk_blocked: /);
      // Longer than a job that fails for another reason would be tried.
      for (let times = 0; times < (name === names[0] ? 5 : 1); times += 1) await refusesPolitely(stage);
      disk.free();
      await waitFor('the disk is not blocked any more', async () => !(await blocked(stage)), 30_000);
    }
    assert.deepEqual(await violations(stage), []);
    const told = eventsOf(stage).filter((type) => type.startsWith('run.disk_'));
    const pair = ['run.disk_blocked', 'run.disk_free'];
    assert.deepEqual(told, [...pair, ...pair, ...pair], 'each time told once');
  });

  test(`A data directory that is read-only is refused with one clear message${skipped}`, async (t) => {
    const stage = await makeStage(version);
    const disk = mountSmallDisk(stage.home, 16);
    t.after(() => removeBoth(stage, disk));
    assert.equal((await stage.ao('status')).code, 0);
    await stage.ao('daemon', 'stop');
    await waitFor('the last files of the daemon to be closed', () => disk.makeReadOnly());
    const refused = await stage.ao('status');
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /read-only/);
    assert.doesNotMatch(refused.stderr, /^ +at /m);
  });
});

/** Each agent does its work and then takes all the space that is left. */
async function letAgentsFill(stage: Stage, filler: string): Promise<void> {
  const script = path.join(stage.scratch, 'script.json');
  const { rules } = JSON.parse(await readFile(script, 'utf8')) as { rules: { steps: unknown[] }[] };
  for (const rule of rules)
    rule.steps.push({ run: ['sh', '-c', `cat /dev/zero >> '${filler}'`], optional: true });
  await writeFile(script, JSON.stringify({ rules }));
}

/** What the run says of its disk, null where it says nothing. */
async function blocked(stage: Stage): Promise<string | null> {
  const { code, stdout, stderr } = await stage.ao('status', '--json');
  assert.equal(code, 0, stderr);
  const [run] = JSON.parse(stdout) as RunView[];
  return run?.activity.startsWith('disk_blocked') ? run.activity : null;
}

async function refusesPolitely(stage: Stage): Promise<void> {
  const other = path.join(stage.scratch, 'other');
  await mkdir(other, { recursive: true });
  await stage.repository.git('clone', '--quiet', stage.repository.path, other);
  const refused = await stage.ao('fix', other, ...fix, '--detach');
  await rm(other, { recursive: true });
  assert.equal(refused.code, 4, refused.stdout + refused.stderr);
  assert.match(refused.stderr, /^ao: [^\n]*No space left on device[^]*\n {4}Free disk space[^\n]*\n$/);
  assert.doesNotMatch(refused.stderr, /^ +at |internal error/m);
}

function eventsOf({ home }: Stage): string[] {
  const database = new DatabaseSync(path.join(home, 'ao.db'), { readOnly: true });
  try {
    return database
      .prepare('SELECT type FROM events ORDER BY seq')
      .all()
      .map(({ type }) => String(type));
  } finally {
    database.close();
  }
}

async function removeBoth(stage: Stage, disk: SmallDisk): Promise<void> {
  disk.free();
  await stage.ao('daemon', 'stop', '--agents');
  disk.remove();
  await stage.remove();
}
