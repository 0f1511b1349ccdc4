// A process of its own on a database file: `writer.ts <file> commit <name>` commits until it is killed and prints each
// acknowledged number, `writer.ts <file> claim` tries to claim every task once and prints the ids it got.
import { claim, eventOf, insertTask, stoppedClock } from '../../../../../test/contracts/store.contract.ts';
import { openSqliteStore } from '../index.ts';

const [file = '', mode = '', name = ''] = process.argv.slice(2);
const store = await openSqliteStore(file, stoppedClock());

if (mode === 'commit') {
  for (let index = 0; ; index++) {
    const id = `${name}-${index}`;
    await store.commit([insertTask(id), insertTask(`${id}-twin`)], [eventOf('made', { task: id })]);
    process.stdout.write(`${index}\n`);
  }
}

for (const task of await store.list('task', { states: ['ready'] })) {
  if (await store.commit([claim(task)], [eventOf('task.claim', { task: task.id })])) {
    process.stdout.write(`${task.id}\n`);
  }
}
await store.close();
