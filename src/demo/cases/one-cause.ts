import { anyTry, type Case, done, rule, thinking } from '../case.ts';
import { type Facts, unexpected } from '../facts.ts';

const [orders, invoices] = ['test/orders.test.js', 'test/invoices.test.js'];

/** Two test files cannot be loaded because of one missing function. */
export const oneCause: Case = {
  name: 'one-cause',
  title: 'two failures with one cause',
  files: {
    'src/numbers.js': `// Numbers have four digits, in every document.
export function pad(number) {
  return String(number).padStart(3, '0');
}
`,
    'src/orders.js': `import { nextNumber } from './numbers.js';

export function newOrder(lastNumber) {
  return { number: nextNumber(lastNumber), lines: [] };
}
`,
    [orders]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { newOrder } from '../src/orders.js';

test('orders are numbered one after another', () => {
  assert.equal(newOrder('0041').number, '0042');
});
`,
    'src/invoices.js': `import { nextNumber } from './numbers.js';

export function invoiceNumber(lastNumber) {
  return 'R-' + nextNumber(lastNumber);
}
`,
    [invoices]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { invoiceNumber } from '../src/invoices.js';

test('an invoice has a number of its own', () => {
  assert.equal(invoiceNumber('0099'), 'R-0100');
});
`,
  },
  rules: [
    rule(orders, anyTry, [
      ...thinking('Both miss the same function', 200),
      {
        write: {
          file: 'src/numbers.js',
          text: `// Numbers have four digits, in every document.
export function pad(number) {
  return String(number).padStart(4, '0');
}

export function nextNumber(last) {
  return pad(Number(last) + 1);
}
`,
        },
      },
      done,
    ]),
  ],
  judge(facts: Facts) {
    const task = facts.task(orders);
    if (task === null || task.landed === null || facts.task(invoices) !== task) return unexpected(task);
    return {
      ok: true,
      detail: `${orders} and ${invoices} missed the same function: one task, one agent, one commit.`,
    };
  },
};
