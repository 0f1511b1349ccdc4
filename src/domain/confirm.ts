import type { CheckResult } from './check-result.ts';
import type { Finding } from './finding.ts';

/**
 * Two runs of one check on one tree, as one result: what failed in both is confirmed, what came and went is flaky and
 * counts neither as failed nor as passed.
 */
export function confirm(first: CheckResult, second: CheckResult): CheckResult {
  const { shared, rest: onlySecond } = intersect(second.findings, first.findings);
  const { rest: onlyFirst } = intersect(first.findings, second.findings);
  const flaky = uniqueById([...first.flaky, ...second.flaky, ...onlyFirst, ...onlySecond]);
  const unsteady = new Set(flaky.map((finding) => finding.id));
  const failed = new Set(shared.map((finding) => finding.id));
  const steady = (id: string) => !unsteady.has(id) && !failed.has(id);
  return {
    ...second,
    outcome: shared.length === 0 && second.outcome === 'failed' ? 'passed' : second.outcome,
    findings: shared,
    flaky: flaky.filter((finding) => !failed.has(finding.id)),
    passed: [...new Set([...first.passed, ...second.passed])].filter(steady),
    skipped: second.skipped,
    names: { ...first.names, ...second.names },
    complete: first.complete && second.complete,
    durationMs: first.durationMs + second.durationMs,
  };
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
