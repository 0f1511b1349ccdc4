import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { sessionLogs } from '../adapters/session-logs.ts';
import { settleMs } from '../domain/screen-facts.ts';
import { Redactor } from '../lib/redact.ts';
import type { TerminalAgent } from '../ports/terminal-agent.ts';
import {
  readRecordings,
  recordedClients,
  type ScreenRecording,
  size,
} from '../../test/agents/screens/recording.ts';
import { temporaryDirectory } from '../../test/support/repositories.ts';
import { sessionRow } from '../../test/support/rows.ts';
import type { RunContext } from './context.ts';
import { Live } from './live.ts';
import { sessionStatus } from './session-status.ts';
import { TerminalHearing } from './terminal-hearing.ts';

const noon = Date.parse('2026-11-20T12:00Z');
const later = noon + 3 * 60 * 60_000;

interface Time {
  now: number;
  monotonic: number;
}

async function hearingOf(t: TestContext, client: string, time: Time, env = {}): Promise<TerminalHearing> {
  const dir = await temporaryDirectory();
  t.after(() => rmSync(dir, { recursive: true }));
  const context: Partial<RunContext> = {
    clock: { now: () => time.now, monotonic: () => time.monotonic },
    env,
    sessionLogs,
    redactor: new Redactor([]),
    live: new Live(() => {}),
  };
  const agent = findAgent(client).terminal as TerminalAgent;
  return new TerminalHearing(context as RunContext, sessionRow('t1', { agent: client, dir }), agent);
}

/** Of codex in that zone, looked at `later`: when its limit is lifted. It shows 1:05 PM, drawn then, or before this daemon. */
async function resetOf(t: TestContext, zone: string, drawnAt: number | null): Promise<string> {
  const time = { now: later, monotonic: 0 };
  const hearing = await hearingOf(t, 'codex', time, { TZ: zone });
  const prompt = JSON.stringify({ hook_event_name: 'UserPromptSubmit', prompt: 'p' });
  hearing.hear(Buffer.from(`${prompt}\n`), drawnAt ?? later);
  const recording = readRecordings('codex').find(({ scene }) => scene === 'usage-limit');
  assert.ok(recording);
  await hearing.show(recording.bytes, size, drawnAt);
  await hearing.look();
  time.monotonic += settleMs;
  await hearing.look();
  const { end } = hearing.facts;
  await hearing.end();
  assert.ok(end?.outcome === 'failed');
  return new Date(end.failure.resetAt ?? 0).toISOString().slice(0, 16);
}

test('a time of day on a screen is the next one of the zone in which its agent runs', async (t) => {
  assert.equal(await resetOf(t, 'Asia/Kathmandu', null), '2026-11-21T07:21');
  assert.equal(await resetOf(t, ':UTC', null), '2026-11-21T13:06');
});

test('a time of day that was drawn under an earlier daemon is the next one after that', async (t) => {
  assert.equal(await resetOf(t, 'UTC', noon), '2026-11-20T13:06');
});

/** Of a client to whose model nothing comes: what is taken for a sign of life, with looks between its frames and within them. */
async function signsOfLife(t: TestContext, { client, bytes, moments }: ScreenRecording, part: number) {
  const time = { now: noon, monotonic: 0 };
  const hearing = await hearingOf(t, client, time);
  const [began = 0, ...frames] = moments
    .filter(({ state, passing }) => state === 'working' && passing !== true)
    .map(({ at }) => at);
  const looks = frames.flatMap((end, index) => {
    const before = frames[index - 1] ?? began;
    return [before + Math.floor((end - before) * part), end];
  });
  let shown = 0;
  let signs = -1; // that it began
  for (const at of [began, ...looks]) {
    time.now += settleMs / 2;
    time.monotonic += settleMs / 2;
    await hearing.show(bytes.subarray(shown, at), size, null);
    shown = at;
    if ((await hearing.look()).isAlive) signs += 1;
  }
  await hearing.end();
  return signs;
}

test('half a frame is no sign of life: what hangs is silent, wherever its drawing is cut', async (t) => {
  const hangs = recordedClients().flatMap((client) =>
    readRecordings(client).filter(({ scene }) => scene === 'hang'),
  );
  assert.ok(hangs.length >= 6);
  for (const hang of hangs)
    for (const part of [0.05, 0.3, 0.5, 0.77, 0.97])
      assert.equal(await signsOfLife(t, hang, part), 0, `${hang.client}, cut at ${part}`);
});

test('what cannot be told of an agent at work counts when it stays', async (t) => {
  const hang = readRecordings('gemini').find(({ scene }) => scene === 'hang');
  assert.ok(hang);
  const time = { now: noon, monotonic: 0 };
  const hearing = await hearingOf(t, 'gemini', time);
  const lookAt = async (bytes: Uint8Array): Promise<string | undefined> => {
    await hearing.show(bytes, size, null);
    await hearing.look();
    return hearing.facts.screen?.state;
  };
  assert.equal(await lookAt(hang.bytes), 'working');
  assert.equal(await lookAt(Buffer.from('\u001b[2J')), 'working');
  time.monotonic += settleMs;
  await hearing.look();
  assert.equal(hearing.facts.screen?.state, 'unknown');
  await hearing.end();
});

test('what a terminal asks is shown without secrets', async (t) => {
  const dir = await temporaryDirectory();
  t.after(() => rmSync(dir, { recursive: true }));
  const live = new Live(() => {});
  const clock = { now: () => noon, monotonic: () => 0 };
  const secret = 'correct-horse-battery';
  const context: Partial<RunContext> = {
    clock,
    env: {},
    sessionLogs,
    redactor: new Redactor([secret]),
    live,
  };
  const session = sessionRow('t1', { state: 'running', agent: 'kimi', dir });
  const hearing = new TerminalHearing(
    context as RunContext,
    session,
    findAgent('kimi').terminal as TerminalAgent,
  );
  const rule = '─'.repeat(80);
  const rows = [rule, ` Shall I log in with ${secret}?`, ' ❯ Yes', '   No', rule];
  await hearing.show(Buffer.from(rows.join('\r\n')), size, null);
  await hearing.look();
  const world = { clock, findAgent };
  const { state, because } = sessionStatus(world, live, { session, stuckAfterMs: 1000 });
  assert.deepEqual([state, because], ['waiting_input', 'it asks: Shall I log in with [redacted]?']);
  await hearing.end();
});
