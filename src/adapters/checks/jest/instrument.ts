import { join } from 'node:path';
import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

/** A command that already asks for a report keeps its own. */
const reporting = /--json\b|--outputFile|--reporters|jest-junit|--watch/;

/** Asks for the JSON report where the command, or the script behind it, ends with jest. */
export function instrument(context: CheckContext): Instrumentation | null {
  const { resolved, root, reportDir } = context;
  if (!/\b(?:jest|react-scripts)\b/.test(resolved) || reporting.test(resolved)) return null;
  const command = withArguments(root, context.command, {
    is: ({ name, args }) => name === 'jest' || (name === 'react-scripts' && args[0] === 'test'),
    args: ['--json', `--outputFile=${join(reportDir, 'jest.json')}`],
  });
  return command === null ? null : { command, env: {} };
}
