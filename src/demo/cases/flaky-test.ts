import type { Case } from '../case.ts';
import { type Facts, unexpected } from '../facts.ts';

const test = 'test/supplier.test.js';

/**
 * A test that comes and goes on the same tree. `calls` is a file outside the repository, because each check sees a fresh
 * checkout: every other run finds an odd number of bytes in it, the first one too.
 */
export function flakyTest(calls: string): Case {
  return {
    name: 'flaky-test',
    title: 'a flaky test',
    files: {
      [test]: `import assert from 'node:assert/strict';
import { appendFileSync, statSync } from 'node:fs';
import test from 'node:test';

// Stands for a supplier who answers every other call.
const calls = ${JSON.stringify(calls)};

test('the supplier answers', () => {
  appendFileSync(calls, '.');
  assert.ok(statSync(calls).size % 2 === 0, 'no answer from the supplier');
});
`,
    },
    rules: [],
    judge(facts: Facts) {
      const [finding] = facts.findings(test);
      if (finding === undefined) return { ok: false, detail: 'This did not happen: the test never failed.' };
      const task = facts.task(test);
      if (!finding.flaky || task !== null) return unexpected(task);
      return {
        ok: true,
        detail: `"${finding.title}" failed, then passed on the same files: reported as flaky, given to nobody, and in nobody's way.`,
      };
    },
  };
}
