import type { CheckResult } from '../../domain/check-result.ts';
import { type Finding, wholeCheckId } from '../../domain/finding.ts';
import type { CheckOutput, ParsedReport } from '../../ports/check-format.ts';
import { readOutput } from './formats.ts';
import { cleaner, tailText } from './text.ts';

const storedOutput = 64 * 1024;

interface RunFacts {
  durationMs: number;
  timeoutMs: number;
  /** Name of the signal that ended it. */
  signal?: string | null;
}

/** What one run of a check says about the tree. The exit status decides between green and red, formats name the parts. */
export function judgeOutput(output: CheckOutput, facts: RunFacts): CheckResult {
  const { check, exitCode } = output;
  const { findings, ...seen } = tidied(output.root, readOutput(output));
  const result: CheckResult = {
    check,
    outcome: 'failed',
    exitCode,
    findings,
    flaky: [],
    ...seen,
    output: tailText(output.combined, storedOutput),
    durationMs: Math.round(facts.durationMs),
  };
  const end = tailText(output.combined).trim();
  if (output.timedOut) {
    const message = `It did not end within ${Math.round(facts.timeoutMs / 1000)} seconds.\n${end}`;
    return { ...result, outcome: 'timed_out', findings: [wholeFinding(check, message)], complete: false };
  }
  if (exitCode === 0) return passedResult(result);
  if (findings.length > 0) return result;
  if (isBroken(output)) return { ...result, outcome: 'broken', complete: false };
  const how =
    exitCode === null
      ? `It was ended by ${facts.signal ?? 'a signal'}.`
      : `It ended with exit code ${exitCode}.`;
  const complete = result.complete && exitCode !== null;
  return { ...result, findings: [wholeFinding(check, `${how}\n${end}`)], complete };
}

function passedResult(result: CheckResult): CheckResult {
  const whole = wholeCheckId(result.check);
  const passed = [...result.passed, whole];
  return {
    ...result,
    outcome: 'passed',
    findings: [],
    passed,
    names: { ...result.names, [whole]: result.check },
  };
}

/** Messages from report files still hold what text from outside may hold. */
function tidied(root: string, report: ParsedReport): ParsedReport {
  const clean = cleaner(root);
  const findings = report.findings.map((finding) => ({
    ...finding,
    title: clean(finding.title),
    message: clean(finding.message),
  }));
  const known = new Set([...report.passed, ...report.skipped]);
  const names = Object.entries(report.names).filter(([id]) => known.has(id));
  return { ...report, findings, names: Object.fromEntries(names.map(([id, name]) => [id, clean(name)])) };
}

/** The tool itself is missing: that says nothing about the tree. */
function isBroken(output: CheckOutput): boolean {
  if (output.exitCode === 126 || output.exitCode === 127) return true;
  return /^\S*python[\d.]*: No module named (?:pytest|unittest|mypy|ruff|flake8|pylint)$/m.test(
    output.combined,
  );
}

function wholeFinding(check: string, message: string): Finding {
  const title = `${check} failed`;
  return {
    id: wholeCheckId(check),
    check,
    kind: 'check',
    file: null,
    line: null,
    title,
    message: message.trim(),
  };
}
