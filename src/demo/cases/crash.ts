import { type Case, done, firstTry, laterTries, rule, thinking } from '../case.ts';
import { atAttempt, type Facts, secondTry, unexpected } from '../facts.ts';

const test = 'test/calendar.test.js';
const lengths = 'src/month-lengths.js';

const calendar = (leapYear: string): string => `export function isLeapYear(year) {
  return ${leapYear};
}

export function daysInMonth(month, year) {
  return month === 2 && isLeapYear(year) ? 29 : 30;
}
`;

/**
 * An agent dies with one half of its work in a changed file and a new one, nothing committed. The second attempt does the
 * other half only: without the kept files it could not pass.
 */
export const crash: Case = {
  name: 'crash',
  title: 'an agent that crashes half-way',
  files: {
    'src/calendar.js': calendar('year % 4 === 0'),
    [test]: `import assert from 'node:assert/strict';
import test from 'node:test';
import { daysInMonth, isLeapYear } from '../src/calendar.js';

test('1900 was no leap year', () => {
  assert.equal(isLeapYear(1900), false);
});

test('January has 31 days', () => {
  assert.equal(daysInMonth(1, 2026), 31);
});
`,
  },
  rules: [
    rule(test, firstTry, [
      ...thinking('First the leap years, then the months', 800),
      {
        write: {
          file: 'src/calendar.js',
          text: calendar('(year % 4 === 0 && year % 100 !== 0) || year % 400 === 0'),
        },
      },
      {
        write: {
          file: lengths,
          text: 'export const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];\n',
        },
      },
      { say: 'Half of it is done' },
      { crash: 'SIGKILL' },
    ]),
    rule(test, laterTries, [
      ...thinking('Going on with the table of months that is already there', 600),
      {
        replace: {
          file: 'src/calendar.js',
          from: 'export function isLeapYear',
          to: "import { monthLengths } from './month-lengths.js';\n\nexport function isLeapYear",
        },
      },
      { replace: { file: 'src/calendar.js', from: '29 : 30', to: '29 : monthLengths[month - 1]' } },
      done,
    ]),
  ],
  judge(facts: Facts) {
    const task = facts.task(test);
    const tries = secondTry(task, (first) => facts.ending(first)?.includes('SIGKILL') ?? false);
    const kept = tries !== null && facts.saved(tries.first).includes(lengths) && facts.after(lengths) !== '';
    if (tries === null || !kept) return unexpected(task);
    return {
      ok: true,
      detail: `It was ${facts.ending(tries.first)} with a changed and a new file, neither committed. Both were kept; the next agent went on from them and landed the whole ${atAttempt(tries.last)}.`,
    };
  },
};
