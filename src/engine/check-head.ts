import { type CheckResult, findingsOf } from '../domain/check-result.ts';
import { AoError } from '../domain/errors.ts';
import { judge } from '../domain/verdict.ts';
import type { RunContext } from './context.ts';
import { isOfTheDisk } from './disk-watch.ts';
import { endRunEarly } from './end-run-early.ts';
import { patchRun } from './patch-run.ts';
import { knownResult, rememberFlaky, treeResult } from './tree-results.ts';

/**
 * Checks the head of the target, each failure confirmed by a second run. The first time this is the baseline. A head that
 * somebody else made is compared with ours: what they broke is explained by nothing we know, so the queue stops. Without
 * checks or a setup that can be run at all, the run ends.
 */
export async function checkHead(context: RunContext): Promise<void> {
  const run = await context.store.get('run', context.run);
  if (run === null) return;
  context.live.setActivity(`run:${run.id}`, `checking ${run.branch}`);
  try {
    const result = await treeResult(context, run.head, () => true);
    const broken = result.checks.find(({ outcome }) => outcome === 'broken');
    if (broken !== undefined) return await endRunEarly(context, 'failed', cannotRun(broken));
    await rememberFlaky(context, run.head);
    if (run.baseline === null) {
      await recordBaseline(
        context,
        result.tree,
        findingsOf(result).map(({ id }) => id),
      );
    }
    if (run.adopted !== null) await acceptForeignHead(context, run.adopted);
  } catch (error) {
    if (!(error instanceof AoError) || context.signal.aborted || isOfTheDisk(context, error)) throw error;
    await endRunEarly(context, 'failed', error.message);
  } finally {
    context.live.setActivity(`run:${run.id}`, null);
  }
}

function cannotRun({ check, output }: CheckResult): string {
  return `check ${check} could not be run: ${output.trim().split('\n').at(-1) ?? ''}`;
}

async function recordBaseline(context: RunContext, tree: string, findings: string[]): Promise<void> {
  const baseline = { tree, findings };
  const body = { findings: findings.length };
  await patchRun(context, () => ({ patch: { baseline }, type: 'run.baseline', body }));
}

/** Only when their head was judged it stops being theirs: a crash before that judges it again. */
async function acceptForeignHead(context: RunContext, adopted: { from: string; to: string }): Promise<void> {
  const base = await knownResult(context, adopted.from);
  const after = await knownResult(context, adopted.to);
  if (base === null || after === null) throw new Error(`run ${context.run}: an adopted head was not checked`);
  const flaky = new Set((await context.store.get('run', context.run))?.flaky);
  const files = new Set(await context.hub.listFiles(adopted.to));
  const broken = judge({ base, after, targets: [], flaky, files }).flatMap((problem) =>
    problem.code === 'regression' ? [problem.finding.title] : [],
  );
  if (broken.length > 0) {
    const sha = adopted.to.slice(0, 10);
    const reason = `${context.branch} was moved to ${sha} by somebody else, which broke: ${broken.join(', ')}`;
    return endRunEarly(context, 'remaining', reason);
  }
  await patchRun(context, () => ({ patch: { adopted: null }, type: 'run.adopted', body: adopted }));
}
