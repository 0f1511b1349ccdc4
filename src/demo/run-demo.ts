import type { Report } from '../api/contract/responses.ts';
import { Wishes } from '../cli/screen/wishes.ts';
import { removeDirectory } from '../lib/remove-directory.ts';
import { openFace } from './face.ts';
import { Facts, type Outcome } from './facts.ts';
import { type Performance, perform } from './perform.ts';
import { isEverGreener, proveCommits, type ProvedCommit } from './prove-commits.ts';
import { setStage, type Stage } from './stage.ts';

/** What `ao demo --json` prints. */
export interface DemoResult {
  /** True only when the repository is green and everything happened as promised. */
  ok: boolean;
  report: Report;
  cases: ({ name: string; title: string } & Outcome)[];
  /** Each first-parent commit, oldest first, the one before the run included. */
  commits: { commit: string; subject: string; failing: number }[];
  /** True when each of them has fewer failures than the one before, and no new one. */
  everGreener: boolean;
  /** Where everything is, null when it was removed. */
  kept: Kept | null;
}

export interface Kept {
  repository: string;
  home: string;
}

/** The person ended it. */
export interface Ended {
  ended: true;
  kept: Kept | null;
}

/** The whole demo. Leaves no process, and no file unless `keep`. */
export async function runDemo({ keep }: { keep: boolean }): Promise<DemoResult | Ended> {
  const wishes = new Wishes();
  const leaving = new AbortController();
  wishes.on('change', () => leaving.abort());
  let stage: Stage | null = null;
  try {
    stage = await setStage();
    const performance = await onStage(stage, wishes);
    if (performance === null) return { ended: true, kept: keptOf(stage, keep) };
    return await judge(stage, performance, { keep, signal: leaving.signal });
  } catch (error) {
    if (leaving.signal.aborted) return { ended: true, kept: keptOf(stage, keep) };
    throw error;
  } finally {
    wishes.close();
    if (stage !== null && !keep) await removeDirectory(stage.base);
  }
}

async function onStage(stage: Stage, wishes: Wishes): Promise<Performance | null> {
  const face = openFace();
  try {
    face.announce('building a small repository that is red in about ten places');
    return await perform(stage, face, wishes);
  } finally {
    face.close();
  }
}

async function judge(
  stage: Stage,
  { report, events, saved }: Performance,
  { keep, signal }: { keep: boolean; signal: AbortSignal },
): Promise<DemoResult> {
  const { base, env, repository } = stage;
  const flaky = new Set(report.baseline.findings.filter((one) => one.flaky).map(({ title }) => title));
  const { before, after } = report.target;
  const face = openFace();
  face.announce('checking each commit that landed, by itself');
  const proof = { repository, before, after, env, scratch: base, flaky, signal };
  const proved = await proveCommits(proof).finally(() => face.close());
  const facts = new Facts({
    report,
    events,
    saved,
    before: filesOf(proved[0]),
    after: filesOf(proved.at(-1)),
  });
  const cases = stage.cases.map(({ name, title, judge: judgeCase }) => ({
    name,
    title,
    ...judgeCase(facts),
  }));
  const everGreener = isEverGreener(proved);
  const isGreen = proved.at(-1)?.failing.length === 0;
  return {
    ok: report.ok && everGreener && isGreen && cases.every(({ ok }) => ok),
    report,
    cases,
    commits: proved.map(({ commit, subject, failing }) => ({ commit, subject, failing: failing.length })),
    everGreener,
    kept: keptOf(stage, keep),
  };
}

function filesOf(commit: ProvedCommit | undefined): ReadonlyMap<string, string> {
  return commit?.files ?? new Map();
}

function keptOf(stage: Stage | null, keep: boolean): Kept | null {
  return keep && stage !== null ? { repository: stage.repository, home: stage.home } : null;
}
