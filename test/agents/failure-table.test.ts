import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsOf, clients, makeTable, rateOf, tableInPage } from './failure-table.ts';

test('the table of failures in docs/agents.md is what the recordings show', () => {
  assert.equal(tableInPage(), makeTable(), 'npm run test:agents -- --table');
});

test('every failure of claude-code and codex is told by its class, and of the others nine of ten that they tell at all', () => {
  for (const client of clients) {
    const { right, told } = rateOf(cellsOf(client));
    const least = client === 'claude-code' || client === 'codex' ? 1 : 0.9;
    assert.ok(told > 0 && right / told >= least, `${client}: ${right} of ${told}`);
  }
});

test('no failure that an agent tells of is taken for a success', () => {
  for (const client of clients) {
    const wrong = cellsOf(client).filter(
      ({ found, verdict }) => found === 'completed' && verdict === 'wrong',
    );
    assert.deepEqual(wrong, [], client);
  }
});
