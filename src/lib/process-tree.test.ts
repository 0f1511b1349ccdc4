import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { waitFor } from '../../test/support/wait-for.ts';
import type { ProcessRow } from './process-table.ts';
import {
  type EndTree,
  endTree,
  findMarked,
  readStartTime,
  selectTree,
  type TreeQuery,
} from './process-tree.ts';

const boot = 'boot:';

/** A row, by what the rules look at. */
function row(pid: number, ppid: number, sid: number, more: Partial<ProcessRow> = {}): ProcessRow {
  const plain = { pgid: sid, terminal: false, startTime: `${boot}${pid}`, mark: null, bare: false };
  return { pid, ppid, sid, ...plain, ...more };
}

describe('which processes belong to a session', () => {
  const self = 50;
  // init, a shell with a terminal, the daemon (ourselves), and the session's wrapper 100 with its agent 101.
  const world = [
    row(1, 0, 1),
    row(40, 1, 40, { terminal: true }),
    row(self, 40, 50),
    row(100, self, 100, { mark: 'm' }),
    row(101, 100, 100, { mark: 'm' }),
  ];

  function members(extra: ProcessRow[], query: Partial<TreeQuery> = {}, using: number[] = []): number[] {
    const full = { mark: 'm', pid: 100, startTime: `${boot}100`, paths: ['/session'], ...query };
    const found = selectTree([...world, ...extra], full, { self, uses: (pid) => using.includes(pid) });
    return found.map(({ pid }) => pid).toSorted((a, b) => a - b);
  }

  test('the marked ones, also where their parents are gone', () => {
    assert.deepEqual(members([row(110, 1, 110, { mark: 'm' })]), [100, 101, 110]);
  });

  test('children that dropped their environment, and their children', () => {
    assert.deepEqual(members([row(110, 101, 110), row(111, 110, 111)]), [100, 101, 110, 111]);
  });

  test('orphans without a mark that are still in the system session of one', () => {
    assert.deepEqual(
      members([row(110, 1, 100), row(111, 1, 120), row(112, 1, 120, { mark: 'm' })]),
      [100, 101, 110, 111, 112],
    );
  });

  test('orphans that work in its directories, unless a person could have started them', () => {
    const orphan = row(110, 1, 110);
    assert.deepEqual(members([orphan], {}, [110]), [100, 101, 110]);
    assert.deepEqual(members([orphan]), [100, 101], 'elsewhere');
    assert.deepEqual(members([{ ...orphan, terminal: true }], {}, [110]), [100, 101], 'at a terminal');
    assert.deepEqual(
      members([{ ...orphan, ppid: 40 }, row(40, 1, 110)], {}, [110]),
      [100, 101],
      'of a shell',
    );
    assert.deepEqual(members([{ ...orphan, startTime: `${boot}99` }], {}, [110]), [100, 101], 'older');
    assert.deepEqual(members([{ ...orphan, ppid: self }], {}, [110]), [100, 101], 'our own child');
  });

  test('orphans without an environment that work where a person may, too', () => {
    const places = { paths: [], places: ['/workspace'] };
    const orphan = row(110, 1, 110);
    assert.deepEqual(members([{ ...orphan, bare: true }], places, [110]), [100, 101, 110]);
    assert.deepEqual(members([orphan], places, [110]), [100, 101], 'with the environment of a person');
    const atTerminal = { ...orphan, bare: true, terminal: true };
    assert.deepEqual(members([atTerminal], places, [110]), [100, 101], 'at a terminal');
    assert.deepEqual(members([{ ...orphan, bare: true }], places), [100, 101], 'elsewhere');
  });

  test('never ourselves, what we descend from, or what belongs to another session', () => {
    const inside = [
      row(1, 0, 1),
      row(90, 1, 90, { mark: 'm' }),
      row(self, 90, 90, { mark: 'm' }),
      row(91, 90, 90, { mark: 'm' }),
    ];
    const found = selectTree(
      inside,
      { mark: 'm', pid: 90, startTime: `${boot}90` },
      { self, uses: () => true },
    );
    assert.deepEqual(
      found.map(({ pid }) => pid),
      [91],
    );
    assert.deepEqual(
      members([row(110, 101, 110, { mark: 'other' }), row(111, 110, 110)], {}, [110]),
      [100, 101],
    );
  });

  test('never what only has the pid of its first process', () => {
    const reused = [row(100, 40, 100), row(101, 100, 100)];
    const found = selectTree(
      [...world.slice(0, 3), ...reused],
      { mark: 'm', pid: 100, startTime: `${boot}7` },
      { self, uses: () => true },
    );
    assert.deepEqual(found, []);
  });
});

describe('ending a session', () => {
  let dir = '';
  let children: ChildProcess[] = [];
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'ao-tree-')));
    children = [];
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  async function begin(script: string, mark: string): Promise<EndTree> {
    const env = { PATH: process.env['PATH'] ?? '', AO_MARK: mark };
    const child = spawn('/bin/sh', ['-c', script], { cwd: dir, env, detached: true, stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    return { mark, pid, startTime: (await readStartTime(pid)) ?? '', graceMs: 2000 };
  }

  async function pidIn(name: string): Promise<number> {
    const read = () => readFile(join(dir, name), 'utf8').catch(() => '');
    return Number(await waitFor(name, async () => /^\d+\n$/.test(await read()) && read()));
  }

  test('asks politely first, so that a program can put its things in order', async () => {
    const tree = await begin(
      'trap "echo 1 >tidied; exit" TERM; echo $$ >ready; while :; do sleep 0.02; done',
      `t1-${dir}`,
    );
    await pidIn('ready');
    assert.deepEqual(await endTree(tree), []);
    assert.equal(await pidIn('tidied'), 1);
  });

  test('wakes a program that was stopped, so that it hears the polite signal', async () => {
    const tree = await begin('trap "echo 1 >tidied; exit" TERM; kill -STOP $$; sleep 60', `t6-${dir}`);
    const isStopped = async () => / T /.test(await readFile(`/proc/${tree.pid}/stat`, 'utf8'));
    await waitFor('the program to stop itself', isStopped);
    assert.deepEqual(await endTree(tree), []);
    assert.equal(await pidIn('tidied'), 1);
  });

  test('leaves the processes of other sessions alone', async () => {
    const other = await begin('exec sleep 60', `t2-other-${dir}`);
    const tree = await begin('exec sleep 60', `t2-${dir}`);
    await endTree(tree);
    assert.equal(await readStartTime(tree.pid), null);
    assert.equal(await readStartTime(other.pid), other.startTime);
    assert.deepEqual(
      (await findMarked(other.mark)).map(({ pid }) => pid),
      [other.pid],
    );
  });

  test('ends a process that is stopped, and one that keeps making new ones', async () => {
    const tree = await begin(
      'sh -c \'echo $$ >stopped; kill -STOP $$; sleep 60\' & trap "" TERM; echo $$ >forker; i=0; while [ $((i += 1)) -lt 200 ]; do sleep 20 & sleep 0.01; done',
      `t3-${dir}`,
    );
    const pids = [await pidIn('stopped'), await pidIn('forker')];
    assert.deepEqual(await endTree({ ...tree, graceMs: 100 }), []);
    for (const pid of pids) assert.equal(await readStartTime(pid), null);
    assert.deepEqual(await findMarked(tree.mark), []);
  });

  test('ends what was seen once, although its ties to the session were cut since', async () => {
    // The child has neither mark nor system session of the first process; when that dies, nothing points to it.
    const tree = await begin(
      'env -i setsid sh -c \'cd /; trap "" TERM; echo $$ >"$0"; exec sleep 60\' "$PWD/child" & wait',
      `t4-${dir}`,
    );
    const child = await pidIn('child');
    assert.deepEqual(await endTree({ ...tree, graceMs: 200 }), []);
    assert.equal(await readStartTime(child), null);
  });

  test('lets the first process live a little longer where it is asked to', async () => {
    const script = 'trap "" TERM; sh -c \'trap "" TERM; echo $$ >inner; exec sleep 60\'; echo 1 >told';
    const tree = await begin(script, `t5-${dir}`);
    await pidIn('inner');
    assert.deepEqual(await endTree({ ...tree, graceMs: 50, holderGraceMs: 5000 }), []);
    assert.equal(await pidIn('told'), 1);
  });
});
