import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

/** One line a message, where the command, or the script behind it, ends with the compiler. */
export function instrument(context: CheckContext): Instrumentation | null {
  if (!/\b(?:vue-)?tsc\b/.test(context.resolved) || /--pretty\b/.test(context.resolved)) return null;
  const command = withArguments(context.root, context.command, {
    is: ({ name, args }) => /^(?:vue-)?tsc$/.test(name) && !args.includes('--watch') && !args.includes('-w'),
    args: ['--pretty', 'false'],
  });
  return command === null ? null : { command, env: {} };
}
