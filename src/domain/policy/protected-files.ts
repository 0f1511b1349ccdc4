import type { FileChange } from '../change.ts';
import { isConfiguration, isOurs, isStrayLock, isTool } from './configuration-paths.ts';
import { changedParts, isMixed } from './mixed-files.ts';
import { type Change, type PolicyContext, pathsOf, type Rule, violation } from './rule.ts';
import { hasInlineTests, isTestFile, isTestSetup } from './test-paths.ts';

/** What decides whether a change is good is not changed by it: tests, their configuration, linters, CI, and our own. */
export const protectedFiles: Rule = {
  name: 'protected-files',
  check(change, context) {
    const { files } = change;
    const touched = files.flatMap(pathsOf);
    const mixed = files.flatMap((file) => mixedParts(file, change));
    return [
      ...violation('Tests are not to be edited; the code is.', touchedTests(change, context)),
      ...violation(
        'The configuration of tests, linters, builds and CI is not to be changed.',
        touched.filter((path) => isConfiguration(path)),
      ),
      ...mixed.flatMap(({ path, parts }) =>
        violation(`In ${path} the parts on tests, scripts and linters are not to be changed: ${parts}.`, [
          path,
        ]),
      ),
      ...violation(
        'Installed packages, and modules that would stand in for a test runner, are not part of a change.',
        touched.filter(isTool),
      ),
      ...violation('Files of ao are not part of a change.', touched.filter(isOurs)),
      ...violation(
        'A lock file changes only together with its manifest.',
        files.map(({ path }) => path).filter((path) => isStrayLock(path, touched)),
      ),
    ];
  },
};

/** Whether a change may edit this test file: tests are free for editing, or a linter's finding lies in it. */
export function mayEditTest(path: string, context: PolicyContext): boolean {
  if (context.allowTestEdits) return true;
  return context.targets.some(
    ({ kind, file, step, title, message }) =>
      // A step of a sequence and an assertion's message tell of a failing test, whatever their form.
      kind === 'diagnostic' &&
      file === path &&
      step === undefined &&
      !/assert|\bFAIL/i.test(`${title}\n${message}`),
  );
}

/** A file of tests: by its name, or because a test in it fails; not source code with tests inside. */
export function holdsTests(path: string, change: Change, context: PolicyContext): boolean {
  if (isTestFile(path)) return true;
  return context.testFiles.has(path) && !hasInlineTests(path, change.readBefore(path));
}

function touchedTests(change: Change, context: PolicyContext): string[] {
  return change.files.flatMap((file) => {
    const allowedNew = file.status === 'added' && (context.allowTestEdits || !isTestSetup(file.path));
    if (allowedNew && !context.testFiles.has(file.path)) return [];
    const tests = testPaths(file).filter((path) => holdsTests(path, change, context));
    return tests.every((path) => mayEditTest(path, context)) ? [] : pathsOf(file);
  });
}

/** A source file may move to where tests are; a test may not move away. */
function testPaths({ status, path, oldPath }: FileChange): string[] {
  return status === 'renamed' && oldPath !== null ? [oldPath] : [path];
}

function mixedParts(file: FileChange, change: Change): { path: string; parts: string }[] {
  return pathsOf(file)
    .filter((path) => isMixed(path))
    .flatMap((path) => {
      const parts = changedParts(path, change.readBefore(path), change.readAfter(path));
      return parts.length === 0 ? [] : [{ path, parts: parts.join(', ') }];
    });
}
