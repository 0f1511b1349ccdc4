import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cellsOf } from './failure-table.ts';

/** What a reader would say who trusts `subtype`, of a recording's last `result`. */
function trusting(scenario: string): string | null {
  const [file = ''] = globSync(path.join(import.meta.dirname, `fixtures/claude-code/*/${scenario}.jsonl`));
  const lines: { line?: string }[] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const last = lines.findLast(({ line }) => line?.includes('"type":"result"'));
  return last?.line === undefined ? null : JSON.parse(last.line).subtype;
}

test('who trusts the subtype of claude-code takes failures for successes; its adapter takes none', () => {
  const cells = cellsOf('claude-code');
  const taken = cells.filter(({ scenario }) => trusting(scenario) === 'success');
  for (const scenario of ['rate-limit', 'usage-limit', 'overloaded', 'unauthorized', 'context', 'refused']) {
    assert.ok(
      taken.some((cell) => cell.scenario === scenario),
      scenario,
    );
  }
  assert.deepEqual(
    cells.filter(({ found }) => found === 'completed'),
    [],
  );
});
