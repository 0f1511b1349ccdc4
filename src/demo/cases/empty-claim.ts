import { type Case, done, firstTry, laterTries, rule, thinking } from '../case.ts';
import { atAttempt, type Facts, secondTry, unexpected } from '../facts.ts';

const test = 'test/stock.test.js';

/** An agent says that it is done and has done nothing. */
export const emptyClaim: Case = {
  name: 'empty-claim',
  title: 'an agent that only says it is done',
  files: {
    'src/stock.js': `export function isAvailable(product) {
  return product.pieces > 1;
}
`,
    [test]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { isAvailable } from '../src/stock.js';

test('the last piece can still be bought', () => {
  assert.ok(isAvailable({ pieces: 1 }), 'one piece is left, and it is not for sale');
});
`,
  },
  rules: [
    rule(test, firstTry, [
      ...thinking('This looks easy', 500),
      { say: 'TASK COMPLETE: fixed the stock, all tests pass' },
    ]),
    rule(test, laterTries, [
      ...thinking('One is more than zero', 600),
      {
        write: {
          file: 'src/stock.js',
          text: `export function isAvailable(product) {
  return product.pieces > 0;
}
`,
        },
      },
      done,
    ]),
  ],
  judge(facts: Facts) {
    const tries = secondTry(facts.task(test), ({ claim }) => claim !== null);
    if (tries === null) return unexpected(facts.task(test));
    return {
      ok: true,
      detail: `It said "${tries.first.claim}", and the gate found nothing changed. The real fix landed ${atAttempt(tries.last)}.`,
    };
  },
};
