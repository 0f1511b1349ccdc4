import type { Checks } from '../../ports/checks.ts';
import { detectChecks } from './detect.ts';
import { runCheck } from './run-check.ts';

/** Runs checks as processes of this machine. */
export function makeChecks(): Checks {
  return { run: runCheck, detect: detectChecks };
}
