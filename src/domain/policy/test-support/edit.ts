import type { FileChange } from '../../change.ts';
import type { Finding } from '../../finding.ts';
import { applyPolicy } from '../index.ts';
import type { PolicyContext } from '../rule.ts';

/** Text before and after; null: no such file. `from`: its path before a rename. */
export interface Edit {
  before?: string | null;
  after?: string | null;
  from?: string;
  mode?: string;
  binary?: boolean;
  bytes?: number;
}

export function fileChange(path: string, edit: Edit): FileChange {
  const before = edit.before ?? null;
  const after = edit.after ?? null;
  const [old, now] = [linesOf(before), linesOf(after)];
  return {
    path,
    oldPath: edit.from ?? null,
    status: statusOf(edit),
    binary: edit.binary ?? false,
    bytes: edit.bytes ?? 0,
    added: without(now, old),
    removed: without(old, now),
    mode: after === null ? null : (edit.mode ?? '100644'),
  };
}

/** `rule: path, path` of each problem that one rule, or any, finds in these edits. */
export function refused(
  edits: Record<string, Edit>,
  context: Partial<PolicyContext> = {},
  rule: string | null = null,
): string[] {
  const files = Object.entries(edits).map(([path, edit]) => fileChange(path, edit));
  const old = new Map(Object.entries(edits).map(([path, edit]) => [edit.from ?? path, edit.before ?? null]));
  const problems = applyPolicy(
    {
      files,
      readBefore: (path) => old.get(path) ?? null,
      readAfter: (path) => edits[path]?.after ?? null,
    },
    { targets: [], testFiles: new Set(), scope: null, allowTestEdits: false, ...context },
  );
  return problems.flatMap((problem) => {
    if (problem.code !== 'policy' || (rule !== null && problem.rule !== rule)) return [];
    return [`${problem.rule}: ${problem.paths.join(', ')}`];
  });
}

/** A source file that gets these lines. */
export function adding(path: string, ...lines: string[]): Record<string, Edit> {
  const before = 'first line\nlast line\n';
  return { [path]: { before, after: `first line\n${lines.join('\n')}\nlast line\n` } };
}

export function lintIn(file: string, line = 1): Finding {
  return {
    id: 'l',
    check: 'lint',
    kind: 'diagnostic',
    file,
    line,
    title: 'no-unused-vars: x',
    message: 'x is unused',
  };
}

function statusOf(edit: Edit): FileChange['status'] {
  if (edit.from !== undefined) return 'renamed';
  if ((edit.before ?? null) === null) return 'added';
  return (edit.after ?? null) === null ? 'deleted' : 'modified';
}

function linesOf(text: string | null): string[] {
  return text === null || text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Lines of `ones` that `others` lacks, as multisets. */
function without(ones: string[], others: string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return ones.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
