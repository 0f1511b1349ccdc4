import { anyTry, type Case, rule, thinking } from '../case.ts';
import { type Facts, unexpected } from '../facts.ts';

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
    const other = facts.evidence.report.tasks.find(({ id }) => id === task?.fixedBy);
    if (task === null || task.landed !== null || other === undefined) return unexpected(task);
    const by =
      other === facts.task('test/orders.test.js') ? 'The fix of the missing function' : `"${other.title}"`;
    const last = task.attempts.at(-1);
    if (last === undefined) return { ok: true, detail: `${by} settled it before an agent was needed.` };
    const saved = facts.saved(last).includes('src/labels.js') ? ', and its unfinished work was kept' : '';
    return { ok: true, detail: `${by} settled it; the agent at work on it was ended${saved}.` };
  },
};
