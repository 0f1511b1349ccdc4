import { AoError } from '../../../domain/errors.ts';
import type { Agent, Launch, LaunchSpec } from '../../../ports/agent.ts';
import type { TerminalAgent } from '../../../ports/terminal-agent.ts';
import { encode } from './encode.ts';
import { type AcpState, begin, interpret } from './interpret.ts';
import { type Asking, type Loading, witnessOf } from './witness.ts';

/** An agent that speaks the Agent Client Protocol on standard input and output. */
export interface AcpAgent {
  name: string;
  argv(spec: LaunchSpec): string[];
  /** The model stands in `argv`; else it is asked for in the session. */
  modelInArgv?: boolean;
  environment: readonly string[];
  accountEnvironment: Agent['accountEnvironment'];
  env: Readonly<Record<string, string>>;
  /** Of one that keeps to itself what its model's server answers. */
  witness?: Witness;
  /** Without: in place, if it offers that at all. */
  takesUp?: null;
  /** The same agent with its own user interface. */
  terminal?: TerminalAgent;
}

export interface Witness {
  asking: Asking;
  loading: Loading;
  /** Makes it load that file. */
  env(file: string, environment: LaunchSpec['environment']): Launch['env'];
}

export function acpAgent(agent: AcpAgent): Agent<AcpState> {
  const { name, argv, environment, accountEnvironment, env, witness, takesUp = 'in_place', terminal } = agent;
  const launch = (spec: LaunchSpec): Launch => {
    const plain = { argv: argv(spec), env: { ...env }, input: null };
    if (witness === undefined) return plain;
    const file = witnessOf(witness, spec.dir);
    return { ...plain, env: { ...env, ...witness.env(file.path, spec.environment) }, files: [file] };
  };
  return {
    name,
    capabilities: { dialog: true, whileBusy: null, takesUp },
    environment,
    accountEnvironment,
    ...(terminal === undefined ? {} : { terminal }),
    launch,
    begin: (spec) => begin(agent.modelInArgv === true ? { ...spec, model: null } : spec),
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
