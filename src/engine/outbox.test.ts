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

/** An outbox of an agent that was opened by this, with what stands written, and what it prints next. */
function talkWith(name: string, opened: readonly object[]) {
  const outbox = { store: openMemoryStore(clock), clock };
  const agent = findAgent(name);
  let { state } = agent.begin({ workspace: '/w', model: null, permissions: 'ask' });
  let facts = nothingHeard;
  const written: string[] = [];
  const wasWritten = (text: string): boolean => written.join('').includes(text);
  const prints = async (...values: readonly object[]): Promise<void> => {
    const lines = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    const step = agent.interpret(lines, state);
    ({ state } = step);
    for (const seen of step.observations) facts = heard(facts, seen, 1);
    await noteEvidence(outbox, { session, wasWritten }, step.observations);
    const write = async (text: string) => void (wasWritten(text) || written.push(text));
    await tell(outbox, { session, hearing: { agent, state, facts }, wasWritten, write });
  };
  const say = async (...contents: readonly MessageContent[]): Promise<void> => {
    for (const content of contents)
      await outbox.store.commit([newMessage(session, content, clock.now())], []);
  };
  const said = () => written.map((text) => JSON.parse(text));
  const methods = () => said().map(({ method, type }) => method ?? type);
  return { outbox, prints, say, said, methods, open: () => prints(...opened) };
}

const acpOpened = [
  { jsonrpc: '2.0', id: 1, result: {} },
  { jsonrpc: '2.0', id: 2, result: { sessionId: 's' } },
];
const acpEnd = { jsonrpc: '2.0', id: 'any', result: { stopReason: 'cancelled' } };

test('an agent of the Agent Client Protocol is interrupted each time that somebody wants it, and goes on with what was said behind', async () => {
  const { open, say, prints, methods } = talkWith('kimi', acpOpened);
  const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'I' } };
  await open();
  for (let times = 0; times < 2; times += 1) {
    await prints({ jsonrpc: '2.0', method: 'session/update', params: { sessionId: 's', update } });
    await say(interrupt, message);
    await prints(); // somebody has something to say
    await prints(acpEnd);
  }
  assert.deepEqual(methods(), ['session/cancel', 'session/prompt', 'session/cancel', 'session/prompt']);
});

test('an agent of that protocol is interrupted also before its first word', async () => {
  const { open, say, prints, said, methods } = talkWith('kimi', acpOpened);
  await say(message);
  await open();
  await say(interrupt, message);
  await prints();
  assert.deepEqual(methods(), ['session/prompt', 'session/cancel']);
  await prints({ ...acpEnd, id: said()[0].id });
  assert.deepEqual(methods(), ['session/prompt', 'session/cancel', 'session/prompt']);
});

test('an interruption of a turn that has just ended holds up nothing, whatever the agent', async () => {
  for (const [name, opened] of [
    ['claude-code', [{ type: 'system', subtype: 'init', session_id: 's' }]],
    ['kimi', acpOpened],
  ] as const) {
    const { open, say, prints, methods } = talkWith(name, opened);
    await open();
    await prints(name === 'kimi' ? acpEnd : { type: 'result', subtype: 'success' });
    await say(interrupt, message);
    await prints();
    assert.deepEqual(methods(), [name === 'kimi' ? 'session/prompt' : 'user'], name);
  }
});

test('an interruption that a daemon left unwritten holds up nothing when the turn is over', async () => {
  const { outbox, open, say, prints, methods } = talkWith('kimi', acpOpened);
  const { row, ...insert } = newMessage(session, interrupt, clock.now());
  await outbox.store.commit([{ ...insert, row: { ...row, state: 'sent' } }], []);
  await say(message);
  await open();
  await prints(acpEnd);
  assert.deepEqual(methods(), ['session/prompt']);
  assert.equal((await outbox.store.get('message', row.id))?.state, 'undelivered');
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
