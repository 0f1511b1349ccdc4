import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { cellsOf, clients, makeTable, rateOf } from './failure-table.ts';
import { page, tableIn } from './page.ts';

/** Of the bridge only some failures were recorded; it is no agent that the registry has. */
const ours = clients.filter((client) => client !== 'claude-agent-acp');

test('the table of failures in docs/agents.md is what the recordings show', () => {
  assert.equal(
    tableIn(readFileSync(page, 'utf8'), 'failures'),
    makeTable(),
    'npm run test:agents -- --table',
  );
});

test('every failure of claude-code and codex is told by its class, and nine of ten of each other client', () => {
  for (const client of ours) {
    const { right, all } = rateOf(cellsOf(client));
    const least = client === 'claude-code' || client === 'codex' ? 1 : 0.9;
    assert.ok(right / all >= least, `${client}: ${right} of ${all}`);
  }
});

test('no failure is taken for a success', () => {
  for (const client of ours) {
    const wrong = cellsOf(client).filter(({ found }) => found === 'completed');
    assert.deepEqual(wrong, [], client);
  }
});
