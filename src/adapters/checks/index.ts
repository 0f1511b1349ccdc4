import type { CheckResult } from '../../domain/check-result.ts';
import { maskFiles } from '../../lib/mask-file.ts';
import type { CheckRun, Checks } from '../../ports/checks.ts';
import { detectChecks } from './detect.ts';
import { runCheck } from './run-check.ts';

/** Runs checks as processes of this machine. */
export function makeChecks(): Checks {
  return { run: runClean, detect: detectChecks };
}

/** What a check that did not pass printed and reported stays as evidence. */
async function runClean(run: CheckRun): Promise<CheckResult> {
  const result = await runCheck(run);
  if (result.outcome !== 'passed' && run.redactor !== undefined) await maskFiles(run.dir, run.redactor);
  return result;
}
