import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findAgent } from '../adapters/registry.ts';
import { tmuxRuntime } from '../adapters/runtimes/tmux/index.ts';
import { sessionLogs } from '../adapters/session-logs.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { readRecordings } from '../../test/agents/screens/recording.ts';
import { hasTmux } from '../../test/scenarios/support/terminal.ts';
import { temporaryDirectory } from '../../test/support/repositories.ts';
import { runRow, sessionRow } from '../../test/support/rows.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { Redactor } from '../lib/redact.ts';
import type { TerminalAgent } from '../ports/terminal-agent.ts';
import type { RunContext } from './context.ts';
import { Live } from './live.ts';
import { TerminalHearing } from './terminal-hearing.ts';
import { TerminalTalk } from './terminal-talk.ts';
import { TerminalWatch } from './terminal-watch.ts';

const skip = hasTmux ? false : 'there is no tmux';

/** The screen of an agent that asks, drawn by a program that then waits, behind what the mark at the end of an output begins with. */
test('what a screen shows is seen also where its last bytes may be the end of it', { skip }, async (t) => {
  const asks = readRecordings('gemini').find(({ scene }) => scene === 'allowed');
  const moment = asks?.moments.find(({ state }) => state === 'permission');
  assert.ok(asks && moment);
  const dir = await temporaryDirectory();
  const file = join(dir, 'screen');
  writeFileSync(
    file,
    Buffer.concat([asks.bytes.subarray(0, moment.at), Buffer.from('\u001b[0m\u001b[?25h')]),
  );
  const runtime = tmuxRuntime(join(dir, 'tmux'));
  const clock = { ...stoppedClock(), now: () => Date.now(), monotonic: () => performance.now() };
  const context = {
    clock,
    env: {},
    options: runRow('run-1').options,
    store: openMemoryStore(clock),
    sessionLogs,
    redactor: new Redactor([]),
    live: new Live(() => {}),
    log: () => {},
    findRuntime: () => runtime,
    mostOutputBytes: 1e9,
  } as Partial<RunContext> as RunContext;
  const session = sessionRow('t1', { agent: 'gemini', dir });
  const handle = await runtime.start({
    argv: ['/bin/sh', '-c', `stty -opost -echo; cat '${file}'; exec sleep 60`],
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: dir,
    dir,
    input: null,
    mark: `watch.${process.pid}`,
  });
  const hearing = new TerminalHearing(context, session, findAgent('gemini').terminal as TerminalAgent);
  const talk = new TerminalTalk({ context, session, handle, hearing });
  const watch = new TerminalWatch({ context, session, handle, hearing, talk });
  const over = new AbortController();
  const watching = Promise.all([watch.hear(over.signal), watch.see(over.signal), watch.look(over.signal)]);
  t.after(async () => {
    over.abort();
    watch.end();
    await watching;
    await runtime.stop(handle, 50);
    rmSync(dir, { recursive: true });
  });
  await waitFor('a question', () => hearing.facts.asked.length > 0);
});
