import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { findAgent } from '../adapters/registry.ts';
import { heard, nothingHeard } from '../domain/agent-facts.ts';
import type { MessageContent } from '../domain/message.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { sessionRow } from '../../test/support/rows.ts';
import { applyTransitions } from './apply-transition.ts';
import { closeOutbox, newMessage, noteEvidence, openMessages, type Telling, tell } from './outbox.ts';

const clock = stoppedClock();
const session = sessionRow('t1', { state: 'running' });
const interrupt: MessageContent = { kind: 'interrupt' };
const message: MessageContent = { kind: 'message', text: 'do it so' };

/** An outbox with these, and codex in a turn or between two. */
async function scene(contents: readonly MessageContent[], turn: string | null) {
  const outbox = { store: openMemoryStore(clock), clock };
  for (const content of contents) {
    await outbox.store.commit([newMessage(session, content, clock.now())], []);
  }
  const agent = findAgent('codex');
  const { state } = agent.begin({ workspace: '/w', model: null, permissions: 'ask' });
  const facts = heard(nothingHeard, { kind: 'turn_started' }, 1);
  const written: string[] = [];
  const telling = (now: string | null): Telling => ({
    session,
    hearing: { agent, state: { ...(state as object), thread: 'thread', turn: now }, facts },
    wasWritten: (text) => written.join('').includes(text),
    write: async (line) => void written.push(line),
  });
  const methods = (): string[] => written.map((line) => JSON.parse(line).method);
  await tell(outbox, telling(turn));
  return { outbox, telling, methods };
}

test('what is said behind an interruption is for the turn after it: it is told when the turn that ends has ended', async () => {
  const { outbox, telling, methods } = await scene([interrupt, message], 'turn-1');
  assert.deepEqual(methods(), ['turn/interrupt']);
  const [first] = await openMessages(outbox, session);
  await noteEvidence(outbox, telling('turn-1'), [{ kind: 'received', message: first?.id ?? '' }]);
  await tell(outbox, telling('turn-1'));
  assert.deepEqual(methods(), ['turn/interrupt'], 'it is heard, and the turn goes on still');
  await noteEvidence(outbox, telling(null), [{ kind: 'turn_ended', outcome: 'interrupted' }]);
  await tell(outbox, telling(null));
  assert.deepEqual(methods(), ['turn/interrupt', 'turn/start']);
});

test('an interruption that comes too late holds up nothing that is said behind it', async () => {
  const { outbox, methods } = await scene([interrupt, message], null);
  assert.deepEqual(methods(), ['turn/start']);
  const open = await openMessages(outbox, session);
  assert.deepEqual(
    open.map(({ content, state }) => [content.kind, state]),
    [['message', 'sent']],
  );
});

test('what is said into a turn is told at once, one thing after another', async () => {
  const { methods } = await scene([message, { kind: 'message', text: 'and so' }], 'turn-1');
  assert.deepEqual(methods(), ['turn/steer']);
});

test('a turn that ended under an earlier daemon settles no interruption that this one left unwritten', async () => {
  const outbox = { store: openMemoryStore(clock), clock };
  const { row, ...insert } = newMessage(session, interrupt, clock.now());
  await outbox.store.commit([{ ...insert, row: { ...row, state: 'sent' } }], []);
  const ended = { kind: 'turn_ended', outcome: 'completed' } as const;
  await noteEvidence(outbox, { session, wasWritten: () => false }, [ended]);
  assert.equal((await openMessages(outbox, session)).length, 1);
  await noteEvidence(outbox, { session, wasWritten: (text) => text.includes(row.id) }, [ended]);
  assert.equal((await openMessages(outbox, session)).length, 0);
});

test('what is sent while the outbox is closed is undelivered too', async () => {
  const store = openMemoryStore(clock);
  const said = newMessage(session, message, clock.now());
  await store.commit([said], []);
  let sent = false;
  const list: typeof store.list = async (kind, filter) => {
    const rows = await store.list(kind, filter);
    if (!sent) sent = await applyTransitions(store, [{ kind: 'message', row: said.row, event: 'send' }]);
    return rows;
  };
  await closeOutbox({ store: { ...store, list }, clock }, session);
  assert.equal((await store.get('message', said.row.id))?.state, 'undelivered');
});
