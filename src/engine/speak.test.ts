import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { sessionRow } from '../../test/support/rows.ts';
import { Live } from './live.ts';
import { speak } from './speak.ts';

const clock = stoppedClock();

test('nothing is put into the outbox of a session that ended after it was looked up: nobody would close it again', async () => {
  const store = openMemoryStore(clock);
  const session = sessionRow('t1', { state: 'running', agent: 'codex' });
  await store.commit([{ op: 'insert', kind: 'session', row: { ...session, state: 'ended' } }], []);
  const voice = { world: { store, clock, findAgent }, live: new Live(() => {}) };
  const said = speak(voice, session, [{ kind: 'message', text: 'and so' }]);
  await assert.rejects(said, /has just ended/);
  assert.deepEqual(await store.list('message', { run: session.run }), []);
});
