import { wholeCheckId } from '../../domain/finding.ts';
import type { CheckOutput, ParsedReport } from '../../ports/check-format.ts';
import { resolveCommand } from './command.ts';
import { stopsAtFirstScript } from './several-scripts.ts';
import { programOf, segmentsOf } from './shell-text.ts';

/**
 * A runner that names only what fails never shows that a test passes, nor whether it goes on behind a failure. So what
 * it names belongs to one step, the check itself, which is seen to pass as a whole.
 */
export function asOneStep(report: ParsedReport, check: string): ParsedReport {
  if (report.passed.length > 0 || report.findings.length === 0) return report;
  return inStep(report, wholeCheckId(check), () => true);
}

/**
 * The same for messages of compilers and linters in a sequence that stops at its first failure, where nothing tells which
 * of its commands failed: what comes behind is hidden. Tests are named when they pass. `step`: what is seen to pass once
 * they are gone.
 */
export function asSequence(report: ParsedReport, step: string): ParsedReport {
  return inStep(report, step, (kind) => kind === 'diagnostic');
}

function inStep(report: ParsedReport, step: string, holds: (kind: string) => boolean): ParsedReport {
  const findings = report.findings.map((finding) =>
    holds(finding.kind) ? { ...finding, step: finding.step ?? step } : finding,
  );
  return { ...report, findings, complete: false };
}

const stopping =
  /(?:^|\n|[;&|]\s*)\s*set\s+-\w*e|^(?:ba|da|z)?sh\s+-\w*e|\|\|\s*(?:\{[^}]*)?\b(?:exit|return)\b/;
const repeating = /(?:^|\s)(?:for|while|until|xargs|find)\s/;
const silent = /^(?:set|cd|export|echo|printf|mkdir|true|exit|return|source|\.|shopt|trap|umask|)$/;

/** Whether what is behind the command gives up at the first command or script that fails, and has several. */
export function stopsAtFirst(output: CheckOutput): boolean {
  const { root, command } = output;
  if (stopsAtFirstScript(root, command)) return true;
  const text = resolveCommand(root, command);
  if (!stopping.test(text) && !stopping.test(command)) return false;
  const working = segmentsOf(text).filter((segment) => !silent.test(programOf(segment.text).name));
  return working.length > 1 || repeating.test(text);
}
