import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findAgent } from '../adapters/registry.ts';
import { memoryRuntime } from '../adapters/runtimes/memory/index.ts';
import { openMemoryStore } from '../adapters/stores/memory/index.ts';
import { Redactor } from '../lib/redact.ts';
import { eventsFile, type TerminalAgent } from '../ports/terminal-agent.ts';
import { stoppedClock } from '../../test/contracts/store.contract.ts';
import { temporaryDirectory } from '../../test/support/repositories.ts';
import { runRow, sessionRow } from '../../test/support/rows.ts';
import type { RunContext } from './context.ts';
import { followTerminal } from './follow-terminal.ts';
import { Live } from './live.ts';

for (const missing of ['events.jsonl', 'output.log']) {
  test(`an agent in a terminal that took ${missing} away is not waited for for ever: following it fails`, async (t) => {
    const dir = await temporaryDirectory();
    t.after(() => rmSync(dir, { recursive: true }));
    for (const file of [eventsFile(dir), path.join(dir, 'output.log')]) {
      if (path.basename(file) !== missing) await writeFile(file, 'of before\n');
    }
    const clock = stoppedClock();
    const runtime = memoryRuntime({});
    const context = {
      store: openMemoryStore(clock),
      clock,
      live: new Live(() => {}),
      redactor: new Redactor([]),
      sessionLogs: { append: () => () => {} },
      findRuntime: () => runtime,
      options: runRow('r').options,
      mostOutputBytes: 1 << 20,
      env: {},
      log: () => {},
    } as unknown as RunContext;
    const agent = findAgent('codex').terminal as TerminalAgent;
    const session = sessionRow('t1', { state: 'running', dir });
    const handle = { runtime: 'memory', pid: 1, startTime: '', dir, mark: 'm' };
    const following = followTerminal(context, { session, handle, agent }, new AbortController().signal);
    const outcome = following.then(
      () => 'followed',
      (error: unknown) => String(error),
    );
    assert.match(await Promise.race([outcome, delay(5000, 'nothing', { ref: false })]), /ENOENT/);
  });
}
