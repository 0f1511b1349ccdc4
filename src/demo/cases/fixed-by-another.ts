import { anyTry, type Case, rule, thinking } from '../case.ts';
import { type Facts, type Task, unexpected } from '../facts.ts';

const test = 'test/labels.test.js';

/** Whoever adds the missing function of `one-cause` mends these labels too; the agent at work on them is called off. */
export const fixedByAnother: Case = {
  name: 'fixed-by-another',
  title: "a task that another one's fix settles",
  files: {
    'src/labels.js': `import { pad } from './numbers.js';

export function parcelLabel(order) {
  return 'P-' + pad(order);
}
`,
    [test]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { parcelLabel } from '../src/labels.js';

test('a parcel shows four digits', () => {
  assert.equal(parcelLabel(42), 'P-0042');
});
`,
  },
  rules: [
    rule(test, anyTry, [
      ...thinking('Reading the handbook of the carrier', 300),
      {
        append: { file: 'src/labels.js', text: '\n// Labels: see the handbook of the carrier, chapter 4.\n' },
      },
      { say: 'Chapter 4 of 38' },
      { wait: 600_000 },
    ]),
  ],
  judge(facts: Facts) {
    const task = facts.task(test);
    const cause = facts.task('test/orders.test.js');
    const settled = task?.landed === null && task.fixedBy !== null;
    if (task === null || !settled || !cause?.landed) return unexpected(task);
    return { ok: true, detail: `The fix of the missing function settled it too${agentsEnd(facts, task)}.` };
  },
};

function agentsEnd(facts: Facts, task: Task): string {
  const last = task.attempts.at(-1);
  if (last === undefined) return ', before an agent was needed';
  const kept = facts.saved(last).includes('src/labels.js') ? '; its unfinished work was kept' : '';
  if (last.outcome === 'superseded') return `. The agent that was still at work on it was called off${kept}`;
  return `. Its own agent had not got there${kept}`;
}
