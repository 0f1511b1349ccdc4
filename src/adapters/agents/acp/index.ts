import { AoError } from '../../../domain/errors.ts';
import type { Agent, Launch, LaunchSpec } from '../../../ports/agent.ts';
import { encode } from './encode.ts';
import { type AcpState, begin, interpret } from './interpret.ts';

/** An agent that speaks the Agent Client Protocol on standard input and output. */
export interface AcpAgent {
  name: string;
  argv(spec: LaunchSpec): string[];
  environment: readonly string[];
  accountEnvironment: Agent['accountEnvironment'];
  env: Readonly<Record<string, string>>;
}

export function acpAgent({ name, argv, environment, accountEnvironment, env }: AcpAgent): Agent<AcpState> {
  const launch = (spec: LaunchSpec): Launch => ({ argv: argv(spec), env: { ...env }, input: null });
  return {
    name,
    capabilities: { dialog: true, whileBusy: null, takesUp: 'in_place' },
    environment,
    accountEnvironment,
    launch,
    begin,
    interpret,
    encode,
  };
}

/** Any agent of that protocol, by its command. */
export const anyAcpAgent = acpAgent({
  name: 'acp',
  environment: [],
  accountEnvironment: null,
  env: {},
  argv: ({ command }) => {
    if (command !== null && command.length > 0) return [...command];
    throw new AoError(
      'usage',
      'The agent "acp" needs a command.',
      'Give one with --agent-command, for example: --agent acp --agent-command "my-agent --acp"',
    );
  },
});
