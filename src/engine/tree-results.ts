import type { TreeResult } from '../domain/check-result.ts';
import type { Finding } from '../domain/finding.ts';
import { type FirstLook, firstLook, secondLook } from './check-tree.ts';
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
  return confirmed(context, commit, await lookAt(context, commit, doubtful));
}

/** The stored checks of a commit's tree, or one run of them, which is stored where nothing in it is doubtful. */
export async function lookAt(
  context: RunContext,
  commit: string,
  doubtful: (finding: Finding) => boolean,
): Promise<FirstLook> {
  const known = await knownResult(context, commit);
  if (known !== null) return { result: known, doubtful: [] };
  const flaky = new Set((await context.store.get('run', context.run))?.flaky);
  const look = await firstLook(context, commit, (finding) => !flaky.has(finding.id) && doubtful(finding));
  return look.doubtful.length > 0 ? look : { result: await remember(context, look.result), doubtful: [] };
}

/** What a second run leaves of a first look, stored. Without one a failure is never stored: it would count as confirmed. */
export async function confirmed(context: RunContext, commit: string, look: FirstLook): Promise<TreeResult> {
  if (look.doubtful.length === 0) return look.result;
  return remember(context, await secondLook(context, commit, look));
}

/** What is stored of the tree from now on: of two tests of one tree at the same time the one that ended first. */
async function remember(context: RunContext, result: TreeResult): Promise<TreeResult> {
  if (result.checks.some(({ outcome }) => outcome === 'broken')) return result;
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
  const written = await context.store.commit(
    [{ op: 'insert', kind: 'result', row: { id, run: context.run, result } }],
    [{ run: context.run, task: null, session: null, type: 'tree.checked', body }],
  );
  return written ? result : ((await context.store.get('result', id))?.result ?? result);
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
