import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkItems, itemsRepository } from '../../bench/support/items.ts';
import { Announcements } from '../../src/engine/announcements.ts';
import { mergeQueue } from '../../src/engine/merge-queue.ts';
import { temporaryDirectory } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { enqueue, inQueue, type Queue } from '../support/queue.ts';

const names = ['01', '02', '03', '04'];

interface Watched {
  queue: Queue;
  /** Of each run of the check, oldest first: the items that were green. */
  runs(): Promise<string[]>;
  /** The next run of the check on a tree with all these green says that something broke. */
  breakOnce(green: string): Promise<void>;
  /** Runs of the check do not end before `letGo`. */
  hold(): Promise<void>;
  letGo(): Promise<void>;
}

/** A queue of four changes whose check notes what it is run on. */
async function watched(t: TestContext, runners: number, use: (watched: Watched) => Promise<void>) {
  const directory = await temporaryDirectory();
  t.after(() => rm(directory, { recursive: true, force: true }));
  const file = (name: string): string => path.join(directory, name);
  const [log, flake, held] = [file('log'), file('flake'), file('held')];
  const lines = async (): Promise<string[]> => (await readFile(log, 'utf8')).split('\n').slice(0, -1);
  const note = `green=$(grep -l green items/* | tr -dc '0-9\\n' | sed 's/^0//' | tr -d '\\n'); echo "$green" >>${log}`;
  const wait = `while [ -e ${held} ]; do sleep 0.05; done`;
  const once = `if [ -e ${flake} ] && [ "$green" = "$(cat ${flake})" ]; then rm ${flake}; touch broken; fi`;
  const repository = await itemsRepository(names.length, 0);
  await inQueue(
    { repository, names, check: `${note}; ${wait}; ${once}; ${checkItems}`, runners },
    async (queue) => {
      const earlier = (await lines()).length;
      const runs = async () => (await lines()).slice(earlier);
      const hold = () => writeFile(held, '');
      const letGo = () => rm(held);
      await use({ queue, runs, breakOnce: (green) => writeFile(flake, green), hold, letGo });
    },
  );
}

async function rejected({ context }: Queue): Promise<string[]> {
  const rows = await context.store.list('landing', { run: context.run, states: ['rejected'] });
  return rows.map(({ task }) => task);
}

/** Items that are green at the head. */
async function landed({ context, before }: Queue): Promise<string[]> {
  const run = await context.store.get('run', context.run);
  const files = await Promise.all(
    names.map(async (name) => [name, await context.hub.readFile(run?.head ?? before, `items/${name}`)]),
  );
  return files.filter(([, text]) => text === 'green\n').map(([name]) => name ?? '');
}

test('of the batches that a culprit fails only the shortest is tested again', async (t) => {
  await watched(t, 1, async ({ queue, runs }) => {
    for (const name of names) await enqueue(queue, name, name === '03');
    await mergeQueue(queue.context);
    assert.deepEqual(await runs(), ['1234', '12', '123', '123', '124']);
    assert.deepEqual(await rejected(queue), ['03']);
    assert.deepEqual(await landed(queue), ['01', '02', '04']);
  });
});

test('a free runner tests what comes next while a culprit is confirmed, and that is not tested again', async (t) => {
  await watched(t, 2, async ({ queue, runs }) => {
    for (const name of names) await enqueue(queue, name, name === '03');
    await mergeQueue(queue.context);
    assert.deepEqual((await runs()).toSorted(), ['1', '12', '123', '123', '1234', '124']);
    assert.deepEqual(await rejected(queue), ['03']);
    assert.deepEqual(await landed(queue), ['01', '02', '04']);
  });
});

test('a change that joins while another one is tested is tested on top of it at once, and both land together', async (t) => {
  await watched(t, 2, async ({ queue, runs, hold, letGo }) => {
    await enqueue(queue, '01', false);
    await hold();
    const joined = new Announcements();
    const merging = mergeQueue(queue.context, joined);
    await waitFor('the first test', async () => (await runs()).length === 1);
    await enqueue(queue, '02', false);
    joined.announce();
    await waitFor('the second test', async () => (await runs()).length === 2).finally(letGo);
    await merging;
    assert.deepEqual(await runs(), ['1', '12']);
    assert.deepEqual(await landed(queue), ['01', '02']);
  });
});

test('a failure that a second run does not show costs nobody his place', async (t) => {
  await watched(t, 1, async ({ queue, runs, breakOnce }) => {
    for (const name of names.slice(0, 2)) await enqueue(queue, name, false);
    await breakOnce('12');
    await mergeQueue(queue.context);
    assert.deepEqual(await runs(), ['12', '1', '12']);
    assert.deepEqual(await rejected(queue), []);
    assert.deepEqual(await landed(queue), ['01', '02']);
  });
});

test('after a restart a failure that was seen once is seen again before it counts', async (t) => {
  await watched(t, 1, async ({ queue, runs, breakOnce }) => {
    for (const name of names.slice(0, 2)) await enqueue(queue, name, false);
    await breakOnce('12');
    const killed = new AbortController();
    const first = mergeQueue({ ...queue.context, signal: killed.signal });
    await waitFor('the search to begin', async () => (await runs()).length === 2);
    killed.abort();
    await first.catch(() => {});
    await mergeQueue(queue.context);
    assert.deepEqual((await runs()).slice(0, 3), ['12', '1', '12']);
    assert.deepEqual(await rejected(queue), []);
    assert.deepEqual(await landed(queue), ['01', '02']);
  });
});
