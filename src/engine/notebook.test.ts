import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redactor } from '../lib/redact.ts';
import { sessionRow } from '../../test/support/rows.ts';
import type { RunContext } from './context.ts';
import { Live } from './live.ts';
import { Notebook } from './notebook.ts';

test('the reason of a failure is written down up to a length, whatever a client puts there', () => {
  const log: string[] = [];
  const context = {
    live: new Live(() => {}),
    redactor: new Redactor([]),
    sessionLogs: { append: () => (text: string) => void log.push(text) },
    env: {},
  } as unknown as RunContext;
  const notebook = new Notebook(context, sessionRow('t1'), { keepsLog: true });
  const failure = { class: 'other', message: 'so it is '.repeat(100_000), resetAt: null } as const;
  const seen = notebook.note(
    [
      { kind: 'turn_ended', outcome: 'failed', failure },
      { kind: 'refused', message: 'm', text: failure.message },
    ],
    1,
  );
  notebook.endLog();
  for (const written of [seen, notebook.facts, log]) assert.ok(JSON.stringify(written).length < 20_000);
  const { end } = notebook.facts;
  assert.ok(end?.outcome === 'failed');
  assert.match(end.failure.message, /^so it is so it is .* more bytes left out\)$/s);
});
