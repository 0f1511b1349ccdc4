import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { nothingHeard } from '../domain/agent-facts.ts';
import { AoError } from '../domain/errors.ts';
import type { Runtime } from '../ports/runtime.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { recordedOutput } from '../../test/support/recorded-output.ts';
import { runRow, sessionRow } from '../../test/support/rows.ts';
import { findAgent } from '../adapters/registry.ts';
import { Redactor } from '../lib/redact.ts';
import type { RunContext } from './context.ts';
import { DiskWatch } from './disk-watch.ts';
import { Hearing } from './hearing.ts';
import { Live } from './live.ts';
import { newMessage } from './outbox.ts';
import { Talk } from './talk.ts';

const clock = stoppedClock();
const full = () => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });

/** What stands in an agent's input when a line was told twice, and of the first try only so much was taken. */
async function write(line: string, taken: number, error: Error): Promise<string> {
  let input = '';
  let writes = 0;
  const runtime: Partial<Runtime> = {
    written: async () => input,
    write: async (_handle, text) => {
      writes += 1;
      input += writes === 1 ? text.slice(0, taken) : text;
      if (writes === 1) throw error;
      return { bytes: text.length, reaction: null };
    },
  };
  const disk = new DiskWatch({ shortage: () => null, trouble: () => null }, '/home', () => {});
  const findRuntime = () => runtime as Runtime;
  const live = new Live(() => {});
  const context: Partial<RunContext> = { store: openMemoryStore(clock), clock, disk, live, findRuntime };
  const handle = { runtime: 'process', pid: 1, startTime: '', dir: '/d', mark: 'm' };
  const hearing: Partial<Hearing> = { facts: nothingHeard, settle: () => {} };
  const parts = { context: context as RunContext, session: sessionRow('t1'), handle };
  const talk = await Talk.open({ ...parts, hearing: hearing as Hearing });
  for (let times = 0; times < 2; times += 1) {
    talk.gather({ heard: { replies: [line], evidence: [] }, isNew: true });
    await talk.next();
  }
  return input;
}

test('a line that a full disk cut off is completed', async () => {
  assert.equal(await write('hello\n', 3, full()), 'hello\n');
});

test('a line whose write failed only when all of it was there is not written once more', async () => {
  assert.equal(await write('hello\n', 6, full()), 'hello\n');
});

test('a line that an agent refused because it is ending does not count as written', async () => {
  assert.equal(await write('hello\n', 0, new AoError('conflict', 'nobody reads')), 'hello\n');
});

test('a question that was answered is not open any more, also where the agent has no word for that, and for a daemon that comes later', async () => {
  let input = '';
  const runtime: Partial<Runtime> = {
    written: async () => input,
    write: async (_handle, text) => {
      input += text;
      return { bytes: text.length, reaction: null };
    },
  };
  const session = { ...sessionRow('t1', { state: 'running' }), agent: 'opencode' };
  const store = openMemoryStore(clock);
  const live = new Live(() => {});
  const disk = new DiskWatch({ shortage: () => null, trouble: () => null }, '/home', () => {});
  const context = {
    store,
    clock,
    disk,
    live,
    findAgent,
    findRuntime: () => runtime as Runtime,
    redactor: new Redactor([]),
    sessionLogs: { append: () => () => {} },
    options: runRow('r').options,
    env: {},
  } as unknown as RunContext;
  const asking = Buffer.from(recordedOutput('opencode/1.18.33/permission-unanswered'));
  const handle = { runtime: 'process', pid: 1, startTime: '', dir: '/d', mark: 'm' };
  const come = async () => {
    const hearing = new Hearing(context, session);
    const talk = await Talk.open({ context, session, handle, hearing });
    talk.gather({ heard: hearing.hear(asking, 1), isNew: false });
    await talk.next();
    return talk;
  };
  const talk = await come();
  const [asked] = live.facts(session.id).asked;
  assert.ok(asked);
  const answer = { kind: 'answer', request: asked.id, allow: true, reason: '' } as const;
  await store.commit([newMessage(session, answer, 1)], []);
  await talk.next();
  assert.match(input, /"optionId":"once"/);
  assert.deepEqual(live.facts(session.id).asked, []);
  await come();
  assert.deepEqual(live.facts(session.id).asked, []);
  const events = await store.events(0, {}, 100);
  assert.equal(events.filter(({ type }) => type === 'session.ask').length, 1);
});
