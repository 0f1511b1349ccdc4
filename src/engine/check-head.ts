import { findingsOf } from '../domain/check-result.ts';
import { AoError } from '../domain/errors.ts';
import { judge } from '../domain/verdict.ts';
import type { RunContext } from './context.ts';
import { endRunEarly } from './end-run-early.ts';
import { patchRun } from './patch-run.ts';
import { knownResult, rememberFlaky, treeResult } from './tree-results.ts';

/**
 * Checks the head of the target, each failure confirmed by a second run. The first time this is the baseline. A head that
 * somebody else made is compared with ours: what they broke is explained by nothing we know, so the queue stops.
 */
export async function checkHead(context: RunContext): Promise<void> {
  const run = await context.store.get('run', context.run);
  if (run === null) return;
  context.live.setActivity(`run:${run.id}`, `checking ${run.branch}`);
  try {
    const result = await treeResult(context, run.head, () => true);
    await rememberFlaky(context, run.head);
    if (run.baseline === null)
      await recordBaseline(
        context,
        result.tree,
        findingsOf(result).map(({ id }) => id),
      );
    if (run.adopted !== null) await acceptForeignHead(context, run.adopted);
  } catch (error) {
    if (!(error instanceof AoError) || context.signal.aborted) throw error;
    await endRunEarly(context, 'failed', error.message);
  } finally {
    context.live.setActivity(`run:${run.id}`, null);
  }
}

async function recordBaseline(context: RunContext, tree: string, findings: string[]): Promise<void> {
  const baseline = { tree, findings };
  await patchRun(context, () => ({
    patch: { baseline },
    type: 'run.baseline',
    body: { findings: findings.length },
  }));
}

async function acceptForeignHead(context: RunContext, adopted: { from: string; to: string }): Promise<void> {
  const before = await knownResult(context, adopted.from);
  const after = await knownResult(context, adopted.to);
  if (before === null || after === null)
    throw new Error(`run ${context.run}: an adopted head was not checked`);
  const run = await patchRun(context, () => ({
    patch: { adopted: null },
    type: 'run.adopted',
    body: adopted,
  }));
  const files = new Set(await context.hub.listFiles(adopted.to));
  const broken = judge({ base: before, after, targets: [], flaky: new Set(run.flaky), files }).flatMap(
    (problem) => (problem.code === 'regression' ? [problem.finding.title] : []),
  );
  if (broken.length === 0) return;
  const sha = adopted.to.slice(0, 10);
  await endRunEarly(
    context,
    'remaining',
    `${context.branch} was moved to ${sha} by somebody else, which broke: ${broken.join(', ')}`,
  );
}
