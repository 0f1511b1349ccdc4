import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { memoryRuntime } from '../adapters/runtimes/memory/index.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { makeDisk } from '../adapters/system-disk.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { temporaryDirectory } from '../../test/support/repositories.ts';
import { attemptRow, runRow, sessionRow } from '../../test/support/rows.ts';
import { GitError } from '../lib/git.ts';
import { Redactor } from '../lib/redact.ts';
import { Semaphore } from '../lib/semaphore.ts';
import type { Hub } from '../ports/git.ts';
import type { RunContext } from './context.ts';
import { DiskWatch } from './disk-watch.ts';
import { makeLayout } from './layout.ts';
import { Live } from './live.ts';
import { RunLoop } from './run-loop.ts';

const broken = () => Promise.reject(new Error('a bug'));

/** A run whose head cannot be looked at. */
async function troubled(home: string, hub: Partial<Hub>) {
  const store = openMemoryStore(stoppedClock());
  const run = runRow('run-1');
  await store.commit([{ op: 'insert', kind: 'run', row: run }], []);
  const work = new AbortController();
  const live = new Live(() => {});
  const log: string[] = [];
  const context: Partial<RunContext> = {
    store,
    live,
    hub: hub as Hub,
    run: run.id,
    project: run.project,
    markPrefix: 'p',
    branch: run.branch,
    options: run.options,
    clock: stoppedClock(),
    layout: makeLayout(home),
    disk: new DiskWatch(makeDisk(home, 0), home, () => {}),
    redactor: new Redactor([]),
    rowLock: new Semaphore(1),
    memoryAvailableBytes: () => 1e9,
    log: (event) => log.push(event),
    findRuntime: () => memoryRuntime({}),
    signal: work.signal,
  };
  return { store, live, log, loop: new RunLoop(context as RunContext, work, 1) };
}

test('what troubled a run is not shown any more when it has ended: it would be said of the run that goes on', async (t) => {
  const home = await temporaryDirectory();
  t.after(() => rm(home, { recursive: true, force: true }));
  const { store, live, loop } = await troubled(home, { treeOf: async () => 'tree', checkout: broken });
  loop.wake();
  await loop.finished;
  const run = await store.get('run', 'run-1');
  assert.deepEqual([run?.state, run?.outcome, run?.reason], ['finished', 'failed', 'a bug']);
  assert.equal(live.activity('trouble:run-1'), null);
});

test('a run of which nothing can be read any more ends, with its agents: nobody would wait for it in vain', async (t) => {
  const home = await temporaryDirectory();
  t.after(() => rm(home, { recursive: true, force: true }));
  const { store, loop } = await troubled(home, { treeOf: broken });
  await store.commit(
    [
      { op: 'insert', kind: 'attempt', row: attemptRow('t1') },
      { op: 'insert', kind: 'session', row: sessionRow('t1') },
    ],
    [],
  );
  loop.wake();
  await loop.finished;
  const run = await store.get('run', 'run-1');
  assert.deepEqual([run?.state, run?.outcome, run?.reason], ['finished', 'failed', 'a bug']);
  const [session] = await store.list('session', { run: 'run-1' });
  assert.deepEqual([session?.state, session?.outcome, session?.reason], ['ended', 'killed', 'a bug']);
});

test('a disk that is well again when it is asked costs a job no failure, and git may say so only once', async (t) => {
  const home = await temporaryDirectory();
  t.after(() => rm(home, { recursive: true, force: true }));
  const full = () => Promise.reject(new GitError('unable to write: No space left on device', 128));
  const { log, loop } = await troubled(home, { treeOf: async () => 'tree', checkout: full });
  loop.wake();
  await loop.finished;
  assert.deepEqual(
    log.filter((event) => event.startsWith('job.')),
    ['job.again', 'job.failed', 'job.failed', 'job.failed'],
  );
});
