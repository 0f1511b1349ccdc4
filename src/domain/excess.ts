import type { CheckResult } from './check-result.ts';
import { type Finding, unitId } from './finding.ts';

/** One check on two trees. */
export interface Comparison {
  base: CheckResult;
  after: CheckResult;
  /** Ids that come and go; they count on neither side. */
  flaky: ReadonlySet<string>;
}

/** Findings of `after` beyond the multiset of `base`, in their order. */
export function excess({ base, after, flaky }: Comparison): Finding[] {
  const left = countById(base.findings);
  return after.findings.filter(({ id }) => {
    if (flaky.has(id)) return false;
    const count = left.get(id) ?? 0;
    left.set(id, count - 1);
    return count <= 0;
  });
}

export function countById(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of findings) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/**
 * Whether a finding beyond the base's is the change's fault. What the base could not see (behind an early stop, a file
 * that could not be loaded, a syntax error) is not; what the base saw pass, or would have seen fail, is.
 */
export function isRegression(finding: Finding, { base, after }: Comparison): boolean {
  if (base.passed.includes(finding.id)) return true;
  if (finding.step !== undefined && base.passed.includes(finding.step)) return true;
  if (finding.kind === 'check') return base.outcome === 'passed' || after.outcome === 'timed_out';
  if (failsEarlier(finding, base)) return true;
  if (!sawEverything(base)) return false;
  return !base.findings.some(
    (cause) => masks(cause, finding) && !after.findings.some(({ id }) => id === cause.id),
  );
}

/** It came to its end and said all it had to say; a check that only fails as a whole says nothing finer. */
export function sawEverything(result: CheckResult): boolean {
  const ended = result.complete && (result.outcome === 'passed' || result.outcome === 'failed');
  return ended && !result.findings.some(({ kind }) => kind === 'check');
}

/** The step that a finding belongs to, where the check is a sequence of steps. */
export function stepOf(finding: Finding): string | null {
  return finding.kind === 'step' ? finding.id : (finding.step ?? null);
}

/** A step that failed in the base too now fails at an earlier line of the same file: that line passed in the base. */
function failsEarlier(finding: Finding, base: CheckResult): boolean {
  const step = stepOf(finding);
  const before = base.findings.find((other) => step !== null && stepOf(other) === step);
  if (before === undefined || before.file !== finding.file) return false;
  return before.line !== null && finding.line !== null && finding.line < before.line;
}

/** `cause` is known to keep a check from reporting `finding`. */
function masks(cause: Finding, finding: Finding): boolean {
  const sameFile = cause.file !== null && cause.file === finding.file;
  if (cause.kind === 'test') return sameFile && finding.kind === 'test' && holds(cause, finding);
  if (cause.kind === 'diagnostic') return finding.kind === 'diagnostic' && hidesDiagnostics(cause, sameFile);
  return false;
}

/** A file that could not be loaded hides its tests, a suite whose hook failed those inside it. */
function holds(outer: Finding, inner: Finding): boolean {
  if (outer.file !== null && outer.id === unitId(outer.check, outer.file, outer.file)) return true;
  return (
    inner.title.startsWith(outer.title) && /^[^\p{L}\p{N}_]/u.test(inner.title.slice(outer.title.length))
  );
}

/** A parser that fails reports nothing else on that file; tsc (TS1…) then reports no types in any file. */
function hidesDiagnostics(cause: Finding, sameFile: boolean): boolean {
  if (/\bTS1\d{3}\b/.test(cause.title)) return true;
  return (
    sameFile &&
    /\b(?:parsing|parse|syntax)[ -]?error\b|\bfatal error\b|\bexpected\b.*\bbefore\b/i.test(cause.title)
  );
}
