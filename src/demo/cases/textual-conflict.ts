import { type Case, done, firstTry, laterTries, rule, thinking } from '../case.ts';
import { atAttempt, type Facts, unexpected } from '../facts.ts';

const settings = (decimals: number, taxPercent: number): string =>
  `// What the shop reckons with.
export const settings = { currency: 'EUR', decimals: ${decimals}, taxPercent: ${taxPercent} };
`;

const both = { write: { file: 'src/settings.js', text: settings(2, 19) } };
const [price, tax] = ['test/price.test.js', 'test/tax.test.js'];

/** Two honest fixes change the same line: whoever comes second gets the conflict and resolves it. */
export const textualConflict: Case = {
  name: 'textual-conflict',
  title: 'two fixes of the same line',
  files: {
    'src/settings.js': settings(0, 0),
    'src/price.js': `import { settings } from './settings.js';

export function formatPrice(amount) {
  return amount.toFixed(settings.decimals) + ' ' + settings.currency;
}
`,
    [price]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { formatPrice } from '../src/price.js';

test('a price shows its cents', () => {
  assert.equal(formatPrice(12.5), '12.50 EUR');
});
`,
    'src/tax.js': `import { settings } from './settings.js';

export function taxOn(amount) {
  return Math.round(amount * settings.taxPercent) / 100;
}
`,
    [tax]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { taxOn } from '../src/tax.js';

test('nineteen percent tax are added', () => {
  assert.equal(taxOn(200), 38);
});
`,
  },
  rules: [
    rule(price, firstTry, [
      ...thinking('Prices need two decimals', 900),
      { replace: { file: 'src/settings.js', from: 'decimals: 0', to: 'decimals: 2' } },
      done,
    ]),
    rule(tax, firstTry, [
      ...thinking('The tax is set to nothing', 900),
      { replace: { file: 'src/settings.js', from: 'taxPercent: 0', to: 'taxPercent: 19' } },
      { commit: 'Charge tax' },
      done,
    ]),
    rule(price, laterTries, [...thinking('Keeping the tax as well as the decimals', 600), both, done]),
    rule(tax, laterTries, [...thinking('Keeping the decimals as well as the tax', 600), both, done]),
  ],
  judge(facts: Facts) {
    const tasks = [price, tax].flatMap((file) => facts.task(file) ?? []);
    const conflicts = /^rejected by the merge queue: conflicts with/;
    const second = tasks.find(({ attempts }) => conflicts.test(attempts[0]?.reason ?? ''));
    const last = second?.attempts.at(-1);
    const kept = facts.after('src/settings.js') === settings(2, 19);
    const landed = tasks.every((task) => task.landed !== null);
    if (tasks.length !== 2 || second === undefined || last === undefined || !kept || !landed) {
      return unexpected(second ?? tasks[0] ?? null);
    }
    const what = second === facts.task(price) ? 'the decimals' : 'the tax';
    return {
      ok: true,
      detail: `Two agents changed the same line of src/settings.js. The fix of ${what} came second, went back with the conflict, and landed ${atAttempt(last)} without undoing the other.`,
    };
  },
};
