import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../adapters/system-clock.ts';
import { composeWorld } from '../daemon/compose.ts';
import { runRow } from '../../test/support/rows.ts';
import { makeRepository, temporaryDirectory } from '../../test/support/repositories.ts';
import { clean } from './clean.ts';
import type { RunContext } from './context.ts';
import { readRun, reportOf } from './views.ts';
import { timeLeft } from './watch-session.ts';

const hour = 3_600_000;

test('a wall clock that jumps takes no time from an agent and gives it none', () => {
  const options = { attemptTimeoutMs: 60_000 } as RunContext['options'];
  const left = (monotonic: number, startedMonotonic?: number): number => {
    const clock = { now: () => Date.now() + hour, monotonic: () => monotonic };
    return timeLeft({ clock, options }, startedMonotonic === undefined ? {} : { startedMonotonic });
  };
  assert.equal(left(5_000, 1_000), 56_000);
  assert.equal(left(70_000, 1_000), 0);
  assert.equal(left(500, 1_000), 60_000, 'the machine started again');
  assert.equal(left(500), 60_000, 'written by an older ao');
  assert.equal(left(5_000.25, 1_000.5), 56_001, 'whole milliseconds, as a timer takes it');
});

test('the clock that never jumps counts the same in every process', () => {
  const program = 'process.stdout.write(String(Number(process.hrtime.bigint() / 1000n) / 1000))';
  const before = systemClock.monotonic();
  const other = Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
  assert.ok(before <= other && other <= systemClock.monotonic(), `${before} ${other}`);
});

test('ao clean takes what has ended although the clock was set back since, and never a run that goes on', async (t) => {
  const home = await temporaryDirectory();
  const repository = await makeRepository({});
  const world = await composeWorld({ home, log: () => {} });
  t.after(async () => {
    await world.store.close();
    await rm(home, { recursive: true });
    await repository.remove();
  });
  const now = 1_800_000_000_000;
  const shared = { path: repository.path, project: 'p', createdAt: now - 2 * hour };
  const ended = { state: 'finished', outcome: 'green', endedAt: now } as const;
  await world.store.commit(
    [
      { op: 'insert', kind: 'run', row: runRow('ended', { ...shared, ...ended }) },
      { op: 'insert', kind: 'run', row: runRow('live', { ...shared, endedAt: null, state: 'running' }) },
    ],
    [],
  );
  for (const id of ['ended', 'live']) {
    await mkdir(world.layout.run(id), { recursive: true });
    await writeFile(path.join(world.layout.run(id), 'log'), 'evidence');
  }
  const at = (time: number) => ({ ...world, clock: { now: () => time, monotonic: () => 0 } });
  const days = { olderThanMs: 24 * hour, dryRun: false };
  const none = await clean(at(now - hour), days);
  assert.deepEqual([none.removed.length, none.kept.map(({ name }) => name)], [0, ['live']]);
  const back = await clean(at(now - hour), { olderThanMs: 0, dryRun: false });
  assert.deepEqual(
    back.removed.map(({ name }) => name),
    [world.layout.run('ended')],
  );
  const far = await clean(at(now + 1000 * 24 * hour), days);
  assert.deepEqual([far.removed.length, far.kept.map(({ name }) => name)], [0, ['live']]);

  const [run] = await world.store.list('run', { states: ['running'] });
  assert.ok(run);
  const report = reportOf(
    await readRun(world.store, run),
    { baseline: [], left: [], usage: null },
    run.createdAt - hour,
  );
  assert.equal(report.elapsedMs, 0, 'no duration is negative');
});
