import { type Case, done, firstTry, laterTries, rule, type Step, thinking } from '../case.ts';
import { atAttempt, type Facts, unexpected } from '../facts.ts';

const discountFile = (kind: string): string => `// Regular customers get ten percent off.
export function discountFor(customer, amount) {
  return customer.kind === '${kind}' ? amount / 10 : 0;
}
`;

const shippingFile = (freeFrom: number): string => `const freeFrom = ${freeFrom};

export function shippingFor(amount) {
  return amount >= freeFrom ? 0 : 4.9;
}
`;

const [discount, shipping] = ['test/discount.test.js', 'test/shipping.test.js'];

const chargeByGoods: Step = {
  replace: {
    file: 'src/checkout.js',
    from: 'shippingFor(goods - discount)',
    to: 'shippingFor(goods)',
    optional: true,
  },
};

/**
 * The discount takes an order of 52 below the new limit for free shipping: each fix is right by itself, and with both a
 * test fails that passed before and with either of them.
 */
export const breakTogether: Case = {
  name: 'break-together',
  title: 'two fixes that break together',
  files: {
    'src/discount.js': discountFile('Regular'),
    [discount]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { discountFor } from '../src/discount.js';

test('a regular customer gets ten percent off', () => {
  assert.equal(discountFor({ kind: 'regular' }, 80), 8);
});

test('a newcomer pays in full', () => {
  assert.equal(discountFor({ kind: 'new' }, 80), 0);
});
`,
    'src/shipping.js': shippingFile(40),
    [shipping]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { shippingFor } from '../src/shipping.js';

test('shipping is free from 50 upwards', () => {
  assert.equal(shippingFor(45), 4.9);
  assert.equal(shippingFor(50), 0);
});
`,
    'src/checkout.js': `import { discountFor } from './discount.js';
import { shippingFor } from './shipping.js';

export function checkout(customer, prices) {
  const goods = prices.reduce((sum, price) => sum + price, 0);
  const discount = discountFor(customer, goods);
  return { goods, discount, shipping: shippingFor(goods - discount) };
}
`,
    'test/checkout.test.js': `import assert from 'node:assert/strict';
import test from 'node:test';
import { checkout } from '../src/checkout.js';

test('goods for 52 are shipped free to everybody', () => {
  assert.equal(checkout({ kind: 'new' }, [40, 12]).shipping, 0);
  assert.equal(checkout({ kind: 'regular' }, [40, 12]).shipping, 0);
});
`,
  },
  rules: [
    rule(discount, firstTry, [
      ...thinking('The kind of a customer is written in small letters', 700),
      { write: { file: 'src/discount.js', text: discountFile('regular') } },
      done,
    ]),
    rule(shipping, firstTry, [
      ...thinking('The limit is 50, not 40', 700),
      { write: { file: 'src/shipping.js', text: shippingFile(50) } },
      done,
    ]),
    rule(discount, laterTries, [
      ...thinking('Shipping must go by the goods, before the discount', 600),
      { write: { file: 'src/discount.js', text: discountFile('regular') } },
      chargeByGoods,
      done,
    ]),
    rule(shipping, laterTries, [
      ...thinking('Shipping must go by the goods, before the discount', 600),
      { write: { file: 'src/shipping.js', text: shippingFile(50) } },
      chargeByGoods,
      done,
    ]),
  ],
  judge(facts: Facts) {
    const tasks = [discount, shipping].flatMap((file) => facts.task(file) ?? []);
    const broke = /^rejected by the merge queue: breaks what passed before/;
    const second = tasks.find(({ attempts }) => broke.test(attempts[0]?.reason ?? ''));
    const last = second?.attempts.at(-1);
    const goodAlone = tasks.every((task) => facts.gate(task, 1) === 'passed');
    const landed = tasks.every((task) => task.landed !== null);
    if (tasks.length !== 2 || second === undefined || last === undefined || !goodAlone || !landed) {
      return unexpected(second ?? tasks[0] ?? null);
    }
    return {
      ok: true,
      detail: `The discount and the shipping limit each passed alone; merged, they failed a test that neither had touched. The merge queue found out which came second, sent it back, and it landed ${atAttempt(last)}.`,
    };
  },
};
