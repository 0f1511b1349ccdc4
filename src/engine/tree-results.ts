import type { TreeResult } from '../domain/check-result.ts';
import type { Finding } from '../domain/finding.ts';
import { checkTree } from './check-tree.ts';
import type { RunContext } from './context.ts';
import { patchRun } from './patch-run.ts';

/** The stored checks of a commit's tree, or null where it was never checked in this run. */
export async function knownResult(
  context: Pick<RunContext, 'hub' | 'store' | 'run'>,
  commit: string,
): Promise<TreeResult | null> {
  const tree = await context.hub.treeOf(commit);
  const stored = await context.store.get('result', `${context.run}.${tree}`);
  return stored?.result ?? null;
}

/** The checks of a commit's tree: stored ones, or run now and stored. A check that could not be run is tried anew each time. */
export async function treeResult(
  context: RunContext,
  commit: string,
  doubtful: (finding: Finding) => boolean,
): Promise<TreeResult> {
  const known = await knownResult(context, commit);
  if (known !== null) return known;
  const flaky = new Set((await context.store.get('run', context.run))?.flaky);
  const result = await checkTree(context, commit, (finding) => !flaky.has(finding.id) && doubtful(finding));
  if (!result.checks.some(({ outcome }) => outcome === 'broken')) await remember(context, result);
  return result;
}

async function remember(context: RunContext, result: TreeResult): Promise<void> {
  const id = `${context.run}.${result.tree}`;
  const body = {
    tree: result.tree,
    checks: result.checks.map(({ check, outcome, findings, flaky, durationMs }) => ({
      check,
      outcome,
      findings: findings.length,
      flaky: flaky.map(({ title }) => title),
      durationMs,
    })),
  };
  await context.store.commit(
    [{ op: 'insert', kind: 'result', row: { id, run: context.run, result } }],
    [{ run: context.run, task: null, session: null, type: 'tree.checked', body }],
  );
}

/**
 * What came and went on a commit of the target is flaky for the whole run. Trees of changes do not count: an agent could
 * make its failing test come and go.
 */
export async function rememberFlaky(context: RunContext, commit: string): Promise<void> {
  const result = await knownResult(context, commit);
  const ids = result?.checks.flatMap((check) => check.flaky.map(({ id }) => id)) ?? [];
  await patchRun(context, (run) => {
    const flaky = [...new Set([...run.flaky, ...ids])];
    return flaky.length === run.flaky.length ? null : { patch: { flaky }, type: 'run.flaky', body: { ids } };
  });
}
