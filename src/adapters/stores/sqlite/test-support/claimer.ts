// One of several processes that claim on one database file: `claimer.ts <file> fenced|naive`. It opens the store, reads
// the ready tasks, says so and waits for a line on its standard input; then it claims what it read and prints what it got.
// `naive` writes what it read without a fencing token: the control that has to fail.
import { once } from 'node:events';
import { stateWrite } from '../../../../../test/support/rows.ts';
import { systemClock } from '../../../system-clock.ts';
import { openSqliteStore } from '../index.ts';

const [file = '', mode = ''] = process.argv.slice(2);
const store = await openSqliteStore(file, systemClock);
const ready = await store.list('task', { states: ['ready'] });
process.stdout.write('read\n');
await once(process.stdin, 'data');

const got: string[] = [];
for (const { id, run, state, attempt } of ready) {
  const expect = mode === 'fenced' ? { state, attempt } : {};
  const writes = [stateWrite('task', id, { state: 'in_flight', attempt: attempt + 1 }, expect)];
  const event = { run, task: id, session: null, type: 'task.claim', body: { by: process.pid } };
  if (await store.commit(writes, [event])) got.push(id);
}
process.stdout.write(got.map((id) => `${id}\n`).join(''));
await store.close();
process.stdin.destroy();
