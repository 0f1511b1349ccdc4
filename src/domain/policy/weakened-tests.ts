import type { FileChange } from '../change.ts';
import { holdsTests, mayEditTest } from './protected-files.ts';
import { type Change, type PolicyContext, type Rule, violation } from './rule.ts';
import { assertionsOf, lostAssertions, lostTestNames, withoutComments } from './test-code.ts';
import { isTestFile } from './test-paths.ts';

const skips = [
  /(?<![\w.])(?:x(?:it|test|describe|context|specify)|(?:it|test|describe|context|suite|specify|t)\.(?:skip\w*|todo|fixme|fails|failing))\b/,
  /\bthis\.skip\(|[{,]\s*(?:skip|todo)\s*:(?!\s*false\b)|\bpending\s*\(/,
  /@(?:pytest\.mark\.(?:skip\w*|xfail)|unittest\.(?:skip\w*|expectedFailure)|skip\w*\b|Disabled\b|Ignore\b)/,
  /\bpytest\.(?:skip|xfail|importorskip)\(|\bself\.skipTest\(|\bSkipTest\b|\b__test__\s*=\s*False/,
  /\b[tb]\.Skip(?:f|Now)?\(|#\[\s*ignore\b|\bGTEST_SKIP\b|\bDISABLED_\w|\.disabled\s*=\s*true/,
  /^\s*(?:return|exit|die)\s*(?:0|None|nil)?\s*;?\s*$|\bif\s*\(?\s*(?:false|False|0|true\s*===?\s*false)\s*\)?\s*[:{]?/,
];
const focus =
  /(?<![\w.])(?:f(?:it|describe|context|test)|(?:it|test|describe|context|suite|specify)\.only)\s*[(.`]|[{,]\s*only\s*:\s*true/;
const swallows =
  /\bcatch\b(?!\w)|^\s*except\b.*:|\bcontextlib\.suppress\b|\brescue\b|\.catch\s*\(|\bcatch_unwind\b|\brecover\(\)/;
const NEARBY = 2;

/** A test file that may be edited still asks at least what it asked before. */
export const weakenedTests: Rule = {
  name: 'weakened-tests',
  check(change, context) {
    return change.files.flatMap((file) => {
      const path = file.oldPath ?? file.path;
      if (file.status === 'added') return focused(file);
      if (!holdsTests(path, change, context) || !mayEditTest(path, context)) return [];
      if (file.status === 'deleted') return violation('Tests are not to be deleted.', [path]);
      return edited(file, change, context);
    });
  },
};

/** One test that runs alone keeps all others, in its file or everywhere, from running. */
function focused({ path, added }: FileChange): ReturnType<typeof violation> {
  const isFocused = isTestFile(path) && added.some((line) => focus.test(line));
  return isFocused ? violation('Tests may not be focused.', [path]) : [];
}

function edited(file: FileChange, change: Change, context: PolicyContext): ReturnType<typeof violation> {
  const path = file.oldPath ?? file.path;
  const before = change.readBefore(path);
  const after = change.readAfter(file.path);
  if (before === null || after === null) return violation('Tests are to stay readable as text.', [file.path]);
  const gone = new Set(file.removed.map((line) => line.trim()));
  const gained = file.added.filter((line) => !gone.has(line.trim()));
  const code = { before: withoutComments(before, path), after: withoutComments(after, path) };
  const reasons = [
    ...lostTestNames(code.before, code.after).map((name) => `the test "${name.slice(0, 80)}" is gone`),
    ...(gained.some((line) => skips.some((skip) => skip.test(line)))
      ? ['a test is skipped or left early']
      : []),
    ...(gained.some((line) => focus.test(line)) ? ['a test is focused'] : []),
    ...(gained.some((line) => swallows.test(line)) ? ['a failure is caught'] : []),
    ...assertionsWeakened(code, context),
    ...(context.allowTestEdits || !context.testFiles.has(path)
      ? []
      : farEdits(path, file, { before, context })),
  ];
  if (reasons.length === 0) return [];
  return violation(`Tests may not be weakened: ${reasons.slice(0, 5).join('; ')}.`, [file.path, path]);
}

/** Where tests may be edited as such, an assertion may be put right, but there are no fewer of them. */
function assertionsWeakened(
  { before, after }: { before: string; after: string },
  context: PolicyContext,
): string[] {
  if (context.allowTestEdits) {
    const less = assertionsOf(before).length - assertionsOf(after).length;
    return less > 0 ? [`${less} assertion(s) fewer than before`] : [];
  }
  const lost = lostAssertions(before, after);
  return lost.map(({ text }) => `an assertion is gone or changed: ${text.slice(0, 80)}`);
}

/** A file with failing tests is edited only where the linter points: elsewhere it decides what passes. */
function farEdits(
  path: string,
  { removed }: FileChange,
  { before, context }: { before: string; context: PolicyContext },
): string[] {
  const allowed = context.targets.flatMap(({ kind, file, line }) =>
    kind === 'diagnostic' && file === path && line !== null ? [line] : [],
  );
  const lines = before.split('\n');
  const near = new Set(lines.filter((_, i) => allowed.some((line) => Math.abs(line - (i + 1)) <= NEARBY)));
  const far = removed.find((line) => line.trim() !== '' && !near.has(line));
  return far === undefined ? [] : [`a line far from the finding is changed: ${far.trim().slice(0, 80)}`];
}
