import type { FileChange } from '../change.ts';
import type { Problem } from '../evidence.ts';
import { gitAttributes } from './git-attributes.ts';
import { protectedFiles } from './protected-files.ts';
import { type Change, type PolicyContext, pathsOf, type Rule } from './rule.ts';
import { scope } from './scope.ts';
import { overlong, size } from './size.ts';
import { specialFiles } from './special-files.ts';
import { suppressions } from './suppressions.ts';
import { testDetection } from './test-detection.ts';
import { weakenedTests } from './weakened-tests.ts';

export const rules: readonly Rule[] = [
  protectedFiles,
  weakenedTests,
  suppressions,
  testDetection,
  gitAttributes,
  specialFiles,
  scope,
  size,
];

/**
 * Everything in a change that an honest one does not do. Rules look at text and can be fooled by one who tries; what
 * decides is the gate's own run of the checks. They catch what that run cannot see: a weaker question.
 */
export function applyPolicy(change: Change, context: PolicyContext): Problem[] {
  const readable = overlong(change.files).length === 0;
  return (readable ? rules : [size]).flatMap((rule) =>
    rule
      .check(change, context)
      .map(({ message, paths }) => ({ code: 'policy', rule: rule.name, message, paths })),
  );
}

/** Paths whose texts before and after the change the rules may ask for. */
export function pathsToRead(files: readonly FileChange[]): string[] {
  return [...new Set(files.filter(({ binary }) => !binary).flatMap(pathsOf))].toSorted();
}
