import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { programOf, segmentsOf } from '../shell-text.ts';

const jobs = /^(?:-[a-zA-Z]*j(?!1$)\d*|--jobs(?!=1$)(?:=.*)?)$/;

/**
 * Lets GNU make say which target's recipe begins (`--trace`), silenced lines included, and brings both streams into one
 * order, so that what a step printed can be told from what the next one did. Several jobs at once are kept apart
 * (`--output-sync`), and all of them go on behind a failure (`--keep-going`): otherwise chance would decide what ran.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const calls = segmentsOf(context.command)
    .map(({ text }) => programOf(text))
    .filter(({ name }) => /^g?make$/.test(name));
  if (calls.length === 0) return null;
  const several = calls.some(({ args }) => args.some((word) => jobs.test(word)));
  const flags = several ? '--trace --output-sync --keep-going' : '--trace';
  return { command: `exec 2>&1\n${context.command}`, env: { MAKEFLAGS: flags } };
}
