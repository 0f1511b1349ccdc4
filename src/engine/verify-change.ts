import type { TreeResult } from '../domain/check-result.ts';
import { AoError } from '../domain/errors.ts';
import type { Problem, Verdict } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import { applyPolicy, pathsToRead } from '../domain/policy/index.ts';
import type { Attempt, Session, Task } from '../domain/task.ts';
import { judge, verdictStatus } from '../domain/verdict.ts';
import type { RunContext } from './context.ts';
import { knownResult, treeResult } from './tree-results.ts';

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
  return verdict(await checkAgainst(context, base, change.commit, task.findings));
}

/** The checks of `commit` held against those of its base; a setup that fails there is a problem of the change. */
export async function checkAgainst(
  context: RunContext,
  base: TreeResult,
  commit: string,
  targets: Finding[],
): Promise<Problem[]> {
  try {
    const after = await treeResult(context, commit, worthConfirming(base, targets));
    const flaky = new Set((await context.store.get('run', context.run))?.flaky);
    return judge({ base, after, targets, flaky, files: new Set(await context.hub.listFiles(commit)) });
  } catch (error) {
    if (!(error instanceof AoError) || context.signal.aborted) throw error;
    return [{ code: 'setup_failed', message: error.message }];
  }
}

/** A failure is run once more when it would count against the change: it is new, or it should be gone. */
function worthConfirming(base: TreeResult, targets: Finding[]): (finding: Finding) => boolean {
  const before = new Set(base.checks.flatMap((check) => check.findings.map(({ id }) => id)));
  for (const { id } of targets) before.delete(id);
  return (finding) => !before.has(finding.id);
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
