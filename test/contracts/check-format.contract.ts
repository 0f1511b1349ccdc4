import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckResult } from '../../src/domain/check-result.ts';

/** One project as a format sees it: failing, fixed, and failing further down in the same file. */
export interface FormatCase {
  name: string;
  /** Reads what the tool says about the project in that state. */
  observe(state: 'failing' | 'fixed' | 'moved'): Promise<CheckResult>;
  finding: { kind: string; title: string; file: string | null; line: number | null };
  /** Line of the same failure after it moved. */
  movedLine: number | null;
  /** Name of what is seen to pass beside the failure; null where the tool names nothing that passes. */
  passes: string | null;
}

/** What every format has to keep, whatever the tool: the gate and the merge queue build on it. */
export function checkFormatContract(format: FormatCase): void {
  const seen = new Map<string, Promise<CheckResult>>();
  const observe = (state: 'failing' | 'fixed' | 'moved'): Promise<CheckResult> => {
    const result = seen.get(state) ?? format.observe(state);
    seen.set(state, result);
    return result;
  };

  test(`${format.name}: the failure is one finding, with its file and line`, async () => {
    const result = await observe('failing');
    assert.equal(result.outcome, 'failed');
    assert.equal(result.findings.length, 1, JSON.stringify(result.findings, null, 1));
    const finding = result.findings[0] ?? assert.fail();
    const { kind, title, file, line } = finding;
    assert.deepEqual({ kind, title, file, line }, format.finding);
    assert.match(finding.id, /^[0-9a-f]{16}$/);
    assert.equal(result.passed.includes(finding.id), false);
  });

  test(`${format.name}: what passes beside it is seen, by name`, async () => {
    const result = await observe('failing');
    const names = result.passed.map((id) => result.names[id]);
    if (format.passes !== null) assert.ok(names.includes(format.passes), names.join(', '));
    assert.deepEqual(
      names.filter((name) => name === undefined),
      [],
    );
  });

  test(`${format.name}: after the fix it is seen to pass`, async () => {
    const failing = await observe('failing');
    const fixed = await observe('fixed');
    assert.equal(fixed.outcome, 'passed');
    assert.deepEqual(fixed.findings, []);
    assert.equal(fixed.complete, true);
    const { id, kind, step } = failing.findings[0] ?? assert.fail();
    if (step !== undefined) assert.ok(fixed.passed.includes(step));
    if (kind !== 'diagnostic') assert.ok(fixed.passed.includes(id));
    const lost = failing.passed.filter((passed) => !fixed.passed.includes(passed));
    assert.deepEqual(
      lost.map((passed) => failing.names[passed]),
      [],
    );
  });

  test(`${format.name}: the id stays when lines move, the line follows`, async () => {
    const failing = await observe('failing');
    const moved = await observe('moved');
    assert.deepEqual(
      moved.findings.map(({ id }) => id),
      failing.findings.map(({ id }) => id),
    );
    assert.equal(moved.findings[0]?.line, format.movedLine);
  });

  test(`${format.name}: the same tree gives the same result twice`, async () => {
    const ids = ({ findings, passed }: CheckResult) => ({
      findings: findings.map(({ id }) => id),
      passed: passed.toSorted(),
    });
    assert.deepEqual(ids(await observe('failing')), ids(await format.observe('failing')));
  });
}
