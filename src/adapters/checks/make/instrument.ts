import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { programOf, segmentsOf } from '../shell-text.ts';

const jobs =
  /((?:^|[\s=])-[a-zA-Z]*j)(?:\s*\d+|"?\$\([^)]*\)"?|"?\$\{?\w+\}?"?)?(?=\s|$)|--jobs(?:[= ]\S+)?/g;

/**
 * Lets GNU make say which target's recipe begins (`--trace`), silenced lines included, and brings both streams into one
 * order, so that what a step printed can be told from what the next one did. One job at a time: with several, chance
 * decides what runs before the first failure, and so what was seen to pass.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const calls = segmentsOf(context.command).filter(({ text }) => /^g?make$/.test(programOf(text).name));
  if (calls.length === 0) return null;
  const command = calls.reduce((whole, { text }) => whole.replace(text, () => inTurn(text)), context.command);
  return { command: `exec 2>&1\n${command}`, env: { MAKEFLAGS: '--trace' } };
}

function inTurn(call: string): string {
  return call.replace(jobs, (found, flag?: string) => (flag === undefined ? '--jobs=1' : `${flag}1`));
}
