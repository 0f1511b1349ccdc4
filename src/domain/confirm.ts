import type { CheckResult } from './check-result.ts';
import type { Finding } from './finding.ts';

/**
 * Two runs of one check on one tree, as one result: what failed in both is confirmed, what came and went is flaky and
 * counts neither as failed nor as passed. What failed in the one and was not reached in the other has not gone.
 */
export function confirm(first: CheckResult, second: CheckResult): CheckResult {
  const { shared, rest: onlySecond } = intersect(second.findings, first.findings);
  const { rest: onlyFirst } = intersect(first.findings, second.findings);
  const wentAway = onlyFirst.filter((finding) => reached(finding, second));
  const cameUp = onlySecond.filter((finding) => reached(finding, first));
  const flaky = uniqueById([...first.flaky, ...second.flaky, ...wentAway, ...cameUp]);
  const open = [...onlyFirst, ...onlySecond].filter(
    (one) => !wentAway.includes(one) && !cameUp.includes(one),
  );
  const findings = [...shared, ...open];
  const unsteady = new Set(flaky.map((finding) => finding.id));
  const failed = new Set(findings.map((finding) => finding.id));
  const steady = (id: string) => !unsteady.has(id) && !failed.has(id);
  return {
    ...second,
    outcome: findings.length === 0 && second.outcome === 'failed' ? 'passed' : second.outcome,
    findings,
    flaky: flaky.filter((finding) => !failed.has(finding.id)),
    passed: [...new Set([...first.passed, ...second.passed])].filter(steady),
    skipped: second.skipped,
    names: { ...first.names, ...second.names },
    complete: first.complete && second.complete,
    durationMs: first.durationMs + second.durationMs,
  };
}

/** A run that does not show it would have shown it. */
function reached({ id, step }: Finding, { outcome, complete, passed }: CheckResult): boolean {
  if (outcome === 'passed' || complete || passed.includes(id)) return true;
  return step !== undefined && passed.includes(step);
}

/** `shared`: the part of `ones` that `others` has too, as multisets by id; `rest`: what is left of `ones`. */
function intersect(ones: Finding[], others: Finding[]): { shared: Finding[]; rest: Finding[] } {
  const left = new Map<string, number>();
  for (const { id } of others) left.set(id, (left.get(id) ?? 0) + 1);
  const shared: Finding[] = [];
  const rest: Finding[] = [];
  for (const finding of ones) {
    const count = left.get(finding.id) ?? 0;
    if (count > 0) shared.push(finding);
    else rest.push(finding);
    left.set(finding.id, count - 1);
  }
  return { shared, rest };
}

function uniqueById(findings: Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.id, finding])).values()];
}
