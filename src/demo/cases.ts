import type { Case } from './case.ts';
import { breakTogether } from './cases/break-together.ts';
import { crash } from './cases/crash.ts';
import { editedTest } from './cases/edited-test.ts';
import { emptyClaim } from './cases/empty-claim.ts';
import { fixedByAnother } from './cases/fixed-by-another.ts';
import { flakyTest } from './cases/flaky-test.ts';
import { hang } from './cases/hang.ts';
import { lint } from './cases/lint.ts';
import { oneCause } from './cases/one-cause.ts';
import { suppression } from './cases/suppression.ts';
import { textualConflict } from './cases/textual-conflict.ts';

/** Everything that the demo shows, in the order of the summary. `calls` is where the flaky test counts. */
export function demoCases(calls: string): Case[] {
  return [
    textualConflict,
    breakTogether,
    flakyTest(calls),
    editedTest,
    suppression,
    emptyClaim,
    crash,
    hang,
    oneCause,
    fixedByAnother,
    lint,
  ];
}
