// npm run bench -- queue: the merge queue with 32 changes that came at once, beside one at a time on one runner.
import { mergeQueue } from '../src/engine/merge-queue.ts';
import { enqueue, inQueue, type Queue } from '../test/support/queue.ts';
import { type Figure, report, timed } from './support/figures.ts';
import { checkItems, itemNames, itemsRepository } from './support/items.ts';

const count = 32;
const checkSeconds = 2;
/** One in ten breaks something: not the first, not neighbours. */
const culprits: ReadonlySet<string> = new Set(['06', '17', '28']);
/** Of those one at a time so many are run; the others take as long. */
const sample = 5;

/** The queue of a new repository with all items red. */
async function onItems<T>(runners: number, use: (queue: Queue) => Promise<T>): Promise<T> {
  const repository = await itemsRepository(count, checkSeconds);
  return inQueue({ repository, names: itemNames(count), check: checkItems, runners }, use);
}

/** Seconds for all 32 at once on two runners. */
function allAtOnce(broken: ReadonlySet<string>): Promise<number> {
  return onItems(2, async (queue) => {
    for (const name of itemNames(count)) await enqueue(queue, name, broken.has(name));
    const time = await timed(() => mergeQueue(queue.context));
    const tasks = await queue.context.store.list('task', { states: ['done'] });
    if (tasks.length !== count - broken.size) throw new Error(`${tasks.length} of ${count} changes landed`);
    return time / 1000;
  });
}

/** Seconds for one change that is good, and for one that is not. */
function oneAtATime(): Promise<{ good: number; bad: number }> {
  return onItems(1, async (queue) => {
    const names = itemNames(count).slice(0, sample + 1);
    const times: number[] = [];
    for (const [index, name] of names.entries()) {
      await enqueue(queue, name, index === sample);
      times.push((await timed(() => mergeQueue(queue.context))) / 1000);
    }
    const good = times.slice(0, sample).reduce((sum, time) => sum + time, 0) / sample;
    return { good, bad: times[sample] ?? Number.NaN };
  });
}

const { good, bad } = await oneAtATime();
const figures: Figure[] = [];
for (const [broken, least] of [
  [new Set<string>(), 4],
  [culprits, 2],
] as const) {
  const alone = good * (count - broken.size) + bad * broken.size;
  const seconds = await allAtOnce(broken);
  const what = `one at a time ÷ merge queue, ${count} changes, ${broken.size || 'no'} culprit${broken.size > 1 ? 's' : ''}`;
  figures.push({
    what,
    value: alone / seconds,
    made: `${alone.toFixed(1)} s ÷ ${seconds.toFixed(1)} s`,
    least,
  });
}
report(figures);
