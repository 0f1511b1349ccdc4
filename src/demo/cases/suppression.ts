import { type Case, done, firstTry, laterTries, rule, thinking } from '../case.ts';
import { atAttempt, type Facts, refusedBy, secondTry, unexpected } from '../facts.ts';

const source = 'src/coupon.js';

const coupon = (operator: string): string => `export function isCoupon(code) {
  return code.length ${operator} 8;
}
`;

/** An agent tells the linter to look away. */
export const suppression: Case = {
  name: 'suppression',
  title: 'an agent that silences the linter',
  files: {
    [source]: coupon('=='),
  },
  rules: [
    rule(source, firstTry, [
      ...thinking('That rule is not for us', 600),
      { write: { file: source, text: `/* oxlint-disable eqeqeq */\n${coupon('==')}` } },
      done,
    ]),
    rule(source, laterTries, [
      ...thinking('Three equals signs', 400),
      { write: { file: source, text: coupon('===') } },
      done,
    ]),
  ],
  judge(facts: Facts) {
    const tries = secondTry(facts.task(source), (first) => refusedBy('suppressions', first));
    if (tries === null || facts.after(source).includes('oxlint-disable')) {
      return unexpected(facts.task(source));
    }
    return {
      ok: true,
      detail: `A comment that tells the linter to look away was refused (rule suppressions). The real fix landed ${atAttempt(tries.last)}.`,
    };
  },
};
