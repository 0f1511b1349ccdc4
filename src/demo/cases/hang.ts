import { type Case, done, firstTry, laterTries, rule, thinking } from '../case.ts';
import { atAttempt, type Facts, secondTry, unexpected } from '../facts.ts';

const test = 'test/loyalty.test.js';

/** An agent never ends, and does not listen when it is asked to. */
export const hang: Case = {
  name: 'hang',
  title: 'an agent that hangs',
  files: {
    'src/loyalty.js': `export function pointsFor(amount) {
  return Math.round(amount);
}
`,
    [test]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { pointsFor } from '../src/loyalty.js';

test('only whole euros give points', () => {
  assert.equal(pointsFor(9.9), 9);
});
`,
  },
  rules: [
    rule(test, firstTry, [{ say: 'Let me think about this for a while' }, { hang: true, ignoreTerm: true }]),
    rule(test, laterTries, [
      ...thinking('Rounding down', 400),
      {
        write: {
          file: 'src/loyalty.js',
          text: `export function pointsFor(amount) {
  return Math.floor(amount);
}
`,
        },
      },
      done,
    ]),
  ],
  judge(facts: Facts) {
    const tries = secondTry(facts.task(test), ({ outcome }) => outcome === 'timed_out');
    if (tries === null) return unexpected(facts.task(test));
    return {
      ok: true,
      detail: `There was ${facts.ending(tries.first)}, and it did not listen when it was asked to stop: all its processes were ended. The next agent's fix landed ${atAttempt(tries.last)}.`,
    };
  },
};
