import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

/**
 * Lets cargo go on with the next test program behind one that fails, and brings both streams into one order: the name of
 * a program stands on one, its tests on the other.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  if (!/\bcargo\s+(?:\+\S+\s+)?(?:test|t)\b/.test(context.resolved)) return null;
  const command = withArguments(context.root, context.command, {
    // What stands behind -- is for the test programs.
    is: ({ name, args }) =>
      name === 'cargo' &&
      /^(?:test|t)$/.test(args.find((arg) => !arg.startsWith('+')) ?? '') &&
      !args.includes('--') &&
      !args.includes('--no-fail-fast'),
    args: ['--no-fail-fast'],
  });
  return { command: `exec 2>&1\n${command ?? context.command}`, env: {} };
}
