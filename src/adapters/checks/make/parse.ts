import type { CheckFormat, CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { joinReports } from '../join-reports.ts';
import { Tally } from '../tally.ts';
import { tailText } from '../text.ts';
import { readSteps, type Step } from './steps.ts';

/** What may run inside of a recipe. */
export interface InnerFormats {
  /** Those that write report files, wherever they run. */
  reporting: readonly CheckFormat[];
  /** Those that are read from what the failing step printed, best first. */
  printed: readonly CheckFormat[];
  /** Those that name what passes: all that is read from the other steps, which may be thousands. */
  naming: readonly CheckFormat[];
}

/**
 * make stops at the first recipe line that fails. Each line is a step; those before the failure were seen to pass, and
 * what the failing one printed is read by the other formats. Null where make did not trace its steps.
 */
export function parse(output: CheckOutput, inner: InnerFormats): ParsedReport | null {
  const read = readSteps(output.combined, output.root, output.exitCode === 0);
  if (read === null) return null;
  const reports = inner.reporting.flatMap((format) => format.parse(withText(output, [])) ?? []);
  const tally = new Tally(output.check);
  const parts: ParsedReport[] = [];
  for (const step of read.steps.filter(({ state }) => state === 'passed')) {
    tally.pass(null, nameOf(step));
    if (step.output.length === 0) continue;
    const seen = firstOf(inner.naming, { ...withText(output, step.output), exitCode: 0 });
    if (seen !== null) parts.push({ ...seen, findings: [] });
  }
  const innermost = read.steps.some(({ state, wraps }) => state === 'failed' && !wraps);
  const failed = read.steps.filter(({ state, wraps }) => state === 'failed' && !(wraps && innermost));
  const reported = joinReports(reports);
  for (const step of failed) {
    const stepOutput = withText(output, step.output);
    const found =
      reported.findings.length > 0 && failed.length === 1 ? reported : firstOf(inner.printed, stepOutput);
    parts.push(
      found === null || found.findings.length === 0 ? failedStep(tally, step) : inStep(tally, step, found),
    );
  }
  complain(tally, output, read.complaints);
  const complete = output.exitCode === 0 && !output.timedOut;
  const rest = failed.length === 1 ? { ...reported, findings: [] } : reported;
  return { ...joinReports([tally.report(), rest, ...parts]), complete };
}

function firstOf(formats: readonly CheckFormat[], output: CheckOutput): ParsedReport | null {
  for (const format of formats) {
    const report = format.parse(output);
    if (report !== null && (report.findings.length > 0 || output.exitCode === 0)) return report;
  }
  return null;
}

function withText(output: CheckOutput, lines: readonly string[]): CheckOutput {
  const text = lines.join('\n');
  return { ...output, stdout: text, stderr: '', combined: text };
}

function nameOf(step: Step): string {
  return `step:${step.directory === '' ? '' : `${step.directory}: `}${step.text}`;
}

function failedStep(tally: Tally, step: Step): ParsedReport {
  const own = tally.fresh();
  const output = tailText(step.output.join('\n').trim());
  const message = output === '' ? `\`${step.text}\` failed and printed nothing.` : output;
  own.fail({ file: null, name: nameOf(step), title: step.text, line: null, message, kind: 'step' });
  const report = own.report();
  return inStep(tally, step, report);
}

function inStep(tally: Tally, step: Step, report: ParsedReport): ParsedReport {
  const id = tally.idOf(null, nameOf(step));
  return { ...report, findings: report.findings.map((finding) => ({ ...finding, step: id })) };
}

/** `No rule to make target …`, `missing separator`: no step ran that could be named. */
function complain(tally: Tally, output: CheckOutput, complaints: readonly string[]): void {
  if (output.exitCode === 0) return;
  for (const message of complaints) {
    const found = /^(.+?):(\d+): \*\*\* (.+)$/.exec(message);
    if (found === null)
      tally.diagnose({ file: null, line: null, rule: 'make', message: message.replace(/^.*?\*\*\* /, '') });
    else
      tally.diagnose({
        file: found[1] ?? null,
        line: Number(found[2]),
        rule: 'make',
        message: found[3] ?? '',
      });
  }
}
