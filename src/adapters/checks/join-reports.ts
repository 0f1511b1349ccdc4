import type { ParsedReport } from '../../ports/check-format.ts';

/** Several tools of one check as one report. What failed anywhere did not pass, what ran anywhere is not skipped. */
export function joinReports(reports: readonly ParsedReport[]): ParsedReport {
  const findings = reports.flatMap((report) => report.findings);
  const failed = new Set(findings.map(({ id }) => id));
  const passed = new Set(reports.flatMap((report) => report.passed).filter((id) => !failed.has(id)));
  const skipped = new Set(
    reports.flatMap((report) => report.skipped).filter((id) => !failed.has(id) && !passed.has(id)),
  );
  // Only one tool that speaks of files can say which ones were looked at.
  const speaking = reports.filter(
    (report) => report.files !== null || report.findings.some(({ kind }) => kind === 'diagnostic'),
  );
  return {
    findings,
    passed: [...passed],
    skipped: [...skipped],
    names: Object.assign({}, ...reports.map((report) => report.names)),
    files: speaking.length === 1 ? (speaking[0]?.files ?? null) : null,
    complete: reports.every((report) => report.complete),
  };
}
