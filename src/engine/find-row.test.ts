import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { sessionRow, taskRow } from '../../test/support/rows.ts';
import { findSession } from './find-row.ts';

test('a session is named by its id, by its task or by the beginning of one of them; several are told apart', async () => {
  const store = openMemoryStore(stoppedClock());
  const session = (task: string, id: string, attempt = 1) => {
    return { op: 'insert', kind: 'session', row: sessionRow(task, { id, attempt }) } as const;
  };
  await store.commit(
    [
      ...['ab11', 'ab22', 'cd33'].map((id) => ({ op: 'insert', kind: 'task', row: taskRow(id) }) as const),
      session('ab11', 'adds-1'),
      session('ab11', 'adds-1-more', 2),
      session('ab22', 'abc-2'),
    ],
    [],
  );
  const found = async (id: string) => (await findSession(store, id)).id;
  assert.equal(await found('adds-1'), 'adds-1');
  assert.equal(await found('adds-1-'), 'adds-1-more');
  assert.equal(await found('ab11'), 'adds-1-more', 'the last of its task');
  assert.equal(await found('ab2'), 'abc-2');
  for (const id of ['a', 'ab', 'adds'])
    await assert.rejects(found(id), { code: 'usage', message: /several/ }, id);
  await assert.rejects(found('x'), { code: 'notFound', message: 'There is no task or session x.' });
  await assert.rejects(found('cd33'), { code: 'notFound', message: /no session yet/ });
});
