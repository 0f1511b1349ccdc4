import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

/** Asks linters whose usual text is made for eyes for one line a message. */
export function instrument(context: CheckContext): Instrumentation | null {
  const { resolved, root, command } = context;
  const env: Record<string, string> = /\bruff\b/.test(resolved) ? { RUFF_OUTPUT_FORMAT: 'concise' } : {};
  const rewritten = /(?:^|\s)(?:-f|--format)\b/.test(resolved)
    ? null
    : withArguments(root, command, { is: ({ name }) => name === 'oxlint', args: ['--format', 'unix'] });
  return rewritten === null && Object.keys(env).length === 0 ? null : { command: rewritten, env };
}
