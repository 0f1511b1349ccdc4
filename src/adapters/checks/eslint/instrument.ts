import { join } from 'node:path';
import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

const reporting = /(?:^|\s)(?:-f|--format|-o|--output-file)(?:[= ]|$)/;

/** Asks for the JSON report where the command, or the script behind it, ends with eslint. */
export function instrument(context: CheckContext): Instrumentation | null {
  if (!/\beslint\b/.test(context.resolved) || reporting.test(context.resolved)) return null;
  const command = withArguments(context.root, context.command, {
    is: ({ name }) => name === 'eslint',
    args: ['--format', 'json', '--output-file', join(context.reportDir, 'eslint.json')],
  });
  return command === null ? null : { command, env: {} };
}
