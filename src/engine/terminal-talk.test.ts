import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { memoryRuntime } from '../adapters/runtimes/memory/index.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { sessionRow } from '../../test/support/rows.ts';
import { nothingHeard } from '../domain/agent-facts.ts';
import { AoError } from '../domain/errors.ts';
import type { RunContext } from './context.ts';
import { Live } from './live.ts';
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
