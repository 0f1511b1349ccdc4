import type { Problem, Verdict } from '../domain/evidence.ts';
import { applyPolicy, pathsToRead } from '../domain/policy/index.ts';
import type { Attempt, Session, Task } from '../domain/task.ts';
import { verdictStatus } from '../domain/verdict.ts';
import { checkAgainst } from './check-against.ts';
import type { RunContext } from './context.ts';
import { knownResult } from './tree-results.ts';

/**
 * The gate: our own policy and checks on the exact change that an attempt offers. What the agent said plays no part.
 */
export async function verifyChange(
  context: RunContext,
  { task, attempt, session }: { task: Task; attempt: Attempt; session: Session },
  change: { commit: string; tree: string },
): Promise<Verdict> {
  const baseTree = await context.hub.treeOf(attempt.base);
  const verdict = (problems: Problem[]): Verdict => ({
    status: verdictStatus(problems),
    problems,
    tree: change.tree,
    baseTree,
  });
  if (change.tree === baseTree)
    return verdict([{ code: 'no_change', message: emptyHanded(attempt, session) }]);
  if (context.options.policy && task.accepted !== change.commit) {
    const problems = await policyProblems(context, task, attempt.base, change.commit);
    if (problems.length > 0) return verdict(problems);
  }
  const base = await knownResult(context, attempt.base);
  if (base === null) throw new Error(`attempt ${attempt.id}: its base was never checked`);
  return verdict(await checkAgainst(context, { base, commit: change.commit, targets: task.findings }));
}

function emptyHanded(attempt: Attempt, session: Session): string {
  if (attempt.claim !== null) return `it said "${attempt.claim}" and changed nothing`;
  const how = session.reason === null ? '' : ` (${session.reason})`;
  return `the agent ended without changing anything${how}`;
}

async function policyProblems(
  context: RunContext,
  task: Task,
  base: string,
  commit: string,
): Promise<Problem[]> {
  const files = await context.hub.changes(base, commit);
  const paths = pathsToRead(files);
  const before = await readAll(context, base, paths);
  const after = await readAll(context, commit, paths);
  return applyPolicy(
    { files, readBefore: (path) => before.get(path) ?? null, readAfter: (path) => after.get(path) ?? null },
    {
      targets: task.findings,
      testFiles: await filesOfFailingTests(context, base),
      scope: context.options.scope,
      allowTestEdits: context.options.allowTestEdits,
    },
  );
}

async function readAll(
  context: RunContext,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    const text = await context.hub.readFile(commit, path);
    if (text !== null) texts.set(path, text);
  }
  return texts;
}

async function filesOfFailingTests(context: RunContext, base: string): Promise<Set<string>> {
  const result = await knownResult(context, base);
  const findings = result?.checks.flatMap((check) => check.findings) ?? [];
  return new Set(findings.flatMap(({ kind, file }) => (kind === 'test' && file !== null ? [file] : [])));
}
