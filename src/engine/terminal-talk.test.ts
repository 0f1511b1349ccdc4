import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { memoryRuntime } from '../adapters/runtimes/memory/index.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { sessionRow } from '../../test/support/rows.ts';
import { nothingHeard } from '../domain/agent-facts.ts';
import { AoError } from '../domain/errors.ts';
import type { TerminalAgent } from '../ports/terminal-agent.ts';
import type { RunContext } from './context.ts';
import { Live } from './live.ts';
import { newMessage } from './outbox.ts';
import type { TerminalHearing } from './terminal-hearing.ts';
import { TerminalTalk } from './terminal-talk.ts';

test('an agent that could not be ended when all was done is ended at the next look', async () => {
  const clock = stoppedClock();
  let asked = 0;
  const stop = async (): Promise<void> => {
    asked += 1;
    if (asked === 1) throw new AoError('failed', 'the server is busy');
  };
  const runtime = { ...memoryRuntime({}), stop };
  const context: Partial<RunContext> = {
    store: openMemoryStore(clock),
    clock,
    live: new Live(() => {}),
    log: () => {},
    findRuntime: () => runtime,
  };
  const facts = { ...nothingHeard, working: false, end: { outcome: 'completed' } } as const;
  const hearing: Partial<TerminalHearing> = { facts, lastTold: '', heldMs: 0 };
  const talk = new TerminalTalk({
    context: context as RunContext,
    session: sessionRow('t1', { state: 'running' }),
    handle: { runtime: 'memory', pid: 1, startTime: '', dir: '/d', mark: 'm' },
    hearing: hearing as TerminalHearing,
  });
  for (let look = 0; look < 4; look += 1) {
    await talk.next();
    await setImmediate();
  }
  assert.equal(asked, 2, 'once in vain, and once more');
});

test('what an agent showed to have under an earlier daemon is received, also where it was typed in quotes', async () => {
  const clock = stoppedClock();
  const store = openMemoryStore(clock);
  const session = sessionRow('t1', { state: 'running', agent: 'kimi' });
  const agent = findAgent('kimi').terminal as TerminalAgent;
  const texts = ['/one more word,\n!on two lines.', 'plain words', '/not seen'];
  const rows = texts.map((text) => newMessage(session, { kind: 'message', text }, 1));
  await store.commit(
    rows.map((insert) => ({ ...insert, row: { ...insert.row, state: 'sent' as const } })),
    [],
  );
  const context: Partial<RunContext> = { store, clock, live: new Live(() => {}), log: () => {} };
  const hearing: Partial<TerminalHearing> = { facts: nothingHeard, lastTold: '', heldMs: 0, agent };
  const talk = new TerminalTalk({
    context: context as RunContext,
    session,
    handle: { runtime: 'memory', pid: 1, startTime: '', dir: '/d', mark: 'm' },
    hearing: hearing as TerminalHearing,
  });
  const told = texts.slice(0, 2).map((text) => agent.typed(text));
  await talk.recall(told.map((text) => ({ kind: 'received', message: null, text })));
  const states = await Promise.all(rows.map(async ({ row }) => (await store.get('message', row.id))?.state));
  assert.deepEqual(states, ['received', 'received', 'sent']);
});
