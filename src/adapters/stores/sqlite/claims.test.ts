import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { after, test } from 'node:test';
import { insertTask, stoppedClock } from '../../../../test/contracts/store.contract.ts';
import { openSqliteStore } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'ao-claims-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const TASKS = 40;

/** Processes that have all read before one writes; what each of them says it got, and what the store says. */
async function claimTogether(mode: 'fenced' | 'naive', count: number) {
  const file = join(directory, `${mode}.db`);
  const store = await openSqliteStore(file, stoppedClock());
  const ids = Array.from({ length: TASKS }, (_, index) => `t${index}`);
  await store.commit(
    ids.map((id) => insertTask(id)),
    [],
  );
  const claimers = Array.from({ length: count }, () => startClaimer(file, mode));
  await Promise.all(claimers.map(({ read }) => read));
  for (const { child } of claimers) child.stdin.write('go\n');
  const got = await Promise.all(claimers.map(({ got: claims }) => claims));
  const tasks = await store.list('task');
  const events = await store.events(0, {}, TASKS * count);
  await store.close();
  return { ids, got, tasks, events };
}

function startClaimer(file: string, mode: string) {
  const program = join(import.meta.dirname, 'test-support/claimer.ts');
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [program, file, mode],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const { promise: read, resolve } = Promise.withResolvers<void>();
  const got = (async () => {
    const claims: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'read') resolve();
      else claims.push(line);
    }
    resolve(); // also where it ended before it could read
    return claims;
  })();
  return { child, read, got };
}

test('sixteen processes that have all read the same ready tasks claim each of them once', async () => {
  const { ids, got, tasks, events } = await claimTogether('fenced', 16);
  assert.equal(got.length, 16);
  assert.deepEqual(got.flat().toSorted(), ids.toSorted());
  assert.ok(tasks.every(({ state, attempt }) => state === 'in_flight' && attempt === 1));
  assert.equal(events.length, TASKS);
});

test('processes that write what they read, without a fencing token, claim tasks twice: the control fails', async () => {
  const { got } = await claimTogether('naive', 4);
  assert.equal(got.flat().length, TASKS * 4);
});
