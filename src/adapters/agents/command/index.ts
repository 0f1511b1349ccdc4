import { AoError } from '../../../domain/errors.ts';
import type { LineState } from '../../../lib/line-buffer.ts';
import type { Agent, Launch, LaunchSpec } from '../../../ports/agent.ts';
import { beginPlainText, interpretPlainText } from '../plain-text.ts';

/** Any program that takes a task as an argument or on standard input and prints text. */
export const commandAgent: Agent<LineState> = {
  name: 'command',
  capabilities: { dialog: false, whileBusy: null, takesUp: null },
  environment: [],
  accountEnvironment: null,
  launch,
  begin: beginPlainText,
  interpret: interpretPlainText,
  encode: () => null,
};

/**
 * `{prompt}` and `{promptFile}` are filled in wherever they stand, each within its own argument, whatever the text
 * holds. Where no argument takes the task, it comes on standard input.
 */
function launch(spec: LaunchSpec): Launch {
  const [program] = spec.command ?? [];
  if (!spec.command || !program) {
    throw new AoError(
      'usage',
      'The agent "command" needs a command.',
      'Give one with --agent-command, for example: --agent-command "my-agent {promptFile}"',
    );
  }
  const values: Record<string, string> = { '{prompt}': spec.prompt, '{promptFile}': spec.promptFile };
  // One pass, so that a prompt which mentions a placeholder is not filled in itself.
  const argv = spec.command.map((word) => word.replace(placeholder, (name) => values[name] ?? name));
  const takesTask = spec.command.some((word) => word.search(placeholder) >= 0);
  return { argv, env: {}, input: takesTask ? '' : spec.prompt };
}

const placeholder = /\{prompt(?:File)?\}/g;
