import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { sessionRow } from '../../test/support/rows.ts';
import { Redactor } from '../lib/redact.ts';
import { newMessage } from './outbox.ts';
import { withoutSecrets } from './without-secrets.ts';

const secret = 'a-secret-value-of-mine';

test('what is written down and logged of a run holds no secret, and what is told to an agent stays as it was said', async () => {
  const logged: unknown[] = [];
  const unused = (): never => assert.fail('nothing is checked here');
  const world = withoutSecrets(
    {
      store: openMemoryStore(systemClock),
      checks: { run: unused, detect: unused },
      setup: { prepare: unused },
      log: (_event, fields) => logged.push(fields),
    },
    new Redactor([secret]),
  );
  const insert = newMessage(sessionRow('task'), { kind: 'message', text: `use ${secret}` }, 1);
  const { row } = insert;
  const body = { reason: `The setup failed: ${secret}`, deeper: [{ text: secret }] };
  await world.store.commit(
    [insert],
    [{ run: row.run, task: null, session: null, type: 'session.end', body }],
  );
  const patch = { problem: `no: ${secret}` };
  await world.store.commit([{ op: 'update', kind: 'message', id: row.id, expect: {}, patch }], []);
  world.log('job.failed', { error: new Error(`no ${secret}`), count: 1 });

  const kept = await world.store.get('message', row.id);
  assert.deepEqual(kept?.content, { kind: 'message', text: `use ${secret}` });
  assert.equal(kept.problem, 'no: [redacted]');
  const [event] = await world.store.events(0, {}, 10);
  assert.deepEqual(event?.body, {
    reason: 'The setup failed: [redacted]',
    deeper: [{ text: '[redacted]' }],
  });
  assert.match(JSON.stringify(logged), /Error: no \[redacted\]/);
});
