import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { sessionLogs } from '../adapters/session-logs.ts';
import { settleMs } from '../domain/screen-facts.ts';
import { Redactor } from '../lib/redact.ts';
import type { TerminalAgent } from '../ports/terminal-agent.ts';
import { readRecordings, size } from '../../test/agents/screens/recording.ts';
import { temporaryDirectory } from '../../test/support/repositories.ts';
import { sessionRow } from '../../test/support/rows.ts';
import type { RunContext } from './context.ts';
import { Live } from './live.ts';
import { TerminalHearing } from './terminal-hearing.ts';

const noon = Date.parse('2026-11-20T12:00Z');
const later = noon + 3 * 60 * 60_000;

/** Of codex in that zone, looked at `later`: when its limit is lifted. It shows 1:05 PM, drawn then, or before this daemon. */
async function resetOf(t: TestContext, zone: string, drawnAt: number | null): Promise<string> {
  const dir = await temporaryDirectory();
  t.after(() => rmSync(dir, { recursive: true }));
  const time = { now: later, monotonic: 0 };
  const clock = { now: () => time.now, monotonic: () => time.monotonic };
  const env = { TZ: zone };
  const context: Partial<RunContext> = {
    clock,
    env,
    sessionLogs,
    redactor: new Redactor([]),
    live: new Live(() => {}),
  };
  const session = sessionRow('t1', { agent: 'codex', dir });
  const agent = findAgent('codex').terminal as TerminalAgent;
  const hearing = new TerminalHearing(context as RunContext, session, agent);
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
