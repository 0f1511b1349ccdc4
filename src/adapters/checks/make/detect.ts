import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { programOf, segmentsOf } from '../shell-text.ts';

/**
 * Lets GNU make say which target's recipe begins (`--trace`), silenced lines included, and brings both streams into one
 * order, so that what a step printed can be told from what the next one did.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const runsMake = segmentsOf(context.command).some(({ text }) => /^g?make$/.test(programOf(text).name));
  if (!runsMake) return null;
  return { command: `exec 2>&1\n${context.command}`, env: { MAKEFLAGS: '--trace' } };
}
