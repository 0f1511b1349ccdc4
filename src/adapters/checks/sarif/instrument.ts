import { join } from 'node:path';
import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

/**
 * golangci-lint writes SARIF beside its text. Version 1 does not know these flags and is run as it was written. Other
 * tools print SARIF only where the project asks them to, because it would replace the text that people read.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const { root, resolved, reportDir } = context;
  if (!/\bgolangci-lint\b/.test(resolved) || /--out(?:put\.|-format)/.test(resolved)) return null;
  const command = withArguments(root, context.command, {
    is: ({ name, args }) => name === 'golangci-lint' && args.includes('run'),
    args: ['--output.text.path=stdout', `--output.sarif.path=${join(reportDir, 'golangci.sarif')}`],
  });
  return command === null ? null : { command, env: {} };
}
