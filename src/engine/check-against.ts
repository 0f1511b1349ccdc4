import type { TreeResult } from '../domain/check-result.ts';
import { AoError } from '../domain/errors.ts';
import type { Problem } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import { judge } from '../domain/verdict.ts';
import type { FirstLook } from './check-tree.ts';
import type { RunContext } from './context.ts';
import { isOfTheDisk } from './disk-watch.ts';
import { confirmed, lookAt, treeResult } from './tree-results.ts';

/** A commit that is held against the checks of its base, and what it is to make pass. */
export interface Question {
  base: TreeResult;
  commit: string;
  targets: readonly Finding[];
}

/** What the checks of a commit say against it. A setup that fails there is a problem of the change. */
export function checkAgainst(context: RunContext, question: Question): Promise<Problem[]> {
  return orSetupFailed(context, async () => {
    const after = await treeResult(context, question.commit, worthConfirming(question));
    return judgeAgainst(context, question, after);
  });
}

/** What speaks against a commit after one run of its checks; with a first look it is a suspicion. */
interface Suspicion {
  problems: Problem[];
  look: FirstLook | null;
}

/** The same as `checkAgainst`, but what speaks against the commit is left to be confirmed by `confirmAgainst`. */
export async function suspectAgainst(context: RunContext, question: Question): Promise<Suspicion> {
  let suspicion: FirstLook | null = null;
  const problems = await orSetupFailed(context, async () => {
    const look = await lookAt(context, question.commit, worthConfirming(question));
    const found = await judgeAgainst(context, question, look.result);
    if (look.doubtful.length === 0) return found;
    // What may land is confirmed at once: its failures, which are nobody's fault, become those of the next base.
    if (found.length === 0) return confirmAgainst(context, question, look);
    suspicion = look;
    return found;
  });
  return { problems, look: suspicion };
}

export function confirmAgainst(context: RunContext, question: Question, look: FirstLook): Promise<Problem[]> {
  return orSetupFailed(context, async () => {
    return judgeAgainst(context, question, await confirmed(context, question.commit, look));
  });
}

async function judgeAgainst(context: RunContext, question: Question, after: TreeResult): Promise<Problem[]> {
  const { base, targets, commit } = question;
  const flaky = new Set((await context.store.get('run', context.run))?.flaky);
  return judge({ base, after, targets, flaky, files: new Set(await context.hub.listFiles(commit)) });
}

async function orSetupFailed(context: RunContext, work: () => Promise<Problem[]>): Promise<Problem[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AoError) || context.signal.aborted || isOfTheDisk(context, error)) throw error;
    return [{ code: 'setup_failed', message: error.message }];
  }
}

/** A failure is run once more when it would count against the change: it is new, or it should be gone. */
function worthConfirming({ base, targets }: Question): (finding: Finding) => boolean {
  const before = new Set(base.checks.flatMap((check) => check.findings.map(({ id }) => id)));
  for (const { id } of targets) before.delete(id);
  return (finding) => !before.has(finding.id);
}
