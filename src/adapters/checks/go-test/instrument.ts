import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

/** Asks for one JSON event a line, where the command, or the script behind it, ends with `go test`. */
export function instrument(context: CheckContext): Instrumentation | null {
  if (!/\bgo test\b/.test(context.resolved)) return null;
  const command = withArguments(context.root, context.command, {
    // What stands behind -args is for the tests, and -c and -n do not run them.
    is: ({ name, args }) =>
      name === 'go' && args[0] === 'test' && !args.some((arg) => /^--?(?:args|json|c|n|exec)$/.test(arg)),
    args: ['-json'],
  });
  return command === null ? null : { command, env: {} };
}
