import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { nothingHeard } from '../domain/agent-facts.ts';
import { KeyedMutex } from '../lib/keyed-mutex.ts';
import { sessionRow } from '../../test/support/rows.ts';
import { Live } from './live.ts';
import { permit, speak } from './speak.ts';

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

test('of two people who answer one question at once, the second is told so', async () => {
  const store = openMemoryStore(clock);
  const session = sessionRow('t1', { state: 'running', agent: 'codex' });
  await store.commit([{ op: 'insert', kind: 'session', row: session }], []);
  const live = new Live(() => {});
  live.setFacts(session.id, {
    ...nothingHeard,
    asked: [{ id: 'q1', title: 'Bash: npm test', since: 1, source: 'protocol' }],
  });
  live.setRead(session.id);
  const voice = { world: { store, clock, findAgent }, live, answering: new KeyedMutex() };
  const answer = (allow: boolean) => permit(voice, session, { request: null, allow, reason: '' });
  const [first, second] = await Promise.allSettled([answer(true), answer(false)]);
  assert.equal(first?.status, 'fulfilled');
  assert.match(String(second?.status === 'rejected' && second.reason), /is being told the answer already/);
  assert.equal((await store.list('message', { run: session.run })).length, 1);
});

test('a question that is settled while somebody answers it takes no second answer', async () => {
  const store = openMemoryStore(clock);
  const session = sessionRow('t1', { state: 'running', agent: 'codex' });
  await store.commit([{ op: 'insert', kind: 'session', row: session }], []);
  const live = new Live(() => {});
  live.setFacts(session.id, {
    ...nothingHeard,
    asked: [{ id: 'q1', title: 'Bash: npm test', since: 1, source: 'protocol' }],
  });
  live.setRead(session.id);
  const list: typeof store.list = async (kind, filter) => {
    live.setFacts(session.id, nothingHeard); // the first answer has arrived
    return store.list(kind, filter);
  };
  const world = { store: { ...store, list }, clock, findAgent };
  const voice = { world, live, answering: new KeyedMutex() };
  const second = permit(voice, session, { request: null, allow: true, reason: '' });
  await assert.rejects(second, /asks for no permission now/);
});
