import type { Agent, Launch, LaunchSpec } from '../../../ports/agent.ts';
import { companionOf } from './companion.ts';
import { encode } from './encode.ts';
import { begin, interpret, type PiState } from './interpret.ts';

/** pi, driven over its RPC mode: JSON lines on standard input and output, many turns in a session. */
export const piAgent: Agent<PiState> = {
  name: 'pi',
  capabilities: { dialog: true, whileBusy: 'inject', takesUp: 'anywhere' },
  environment: [
    'PI_CODING_AGENT_DIR',
    'PI_OFFLINE',
    'PI_TELEMETRY',
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_OAUTH_TOKEN',
    'OPENAI_API_KEY',
    'GEMINI_API_KEY',
    'OPENROUTER_API_KEY',
  ],
  accountEnvironment: (dir) => ({ PI_CODING_AGENT_DIR: dir }),
  launch,
  begin,
  interpret,
  encode,
};

function launch({ dir, model, permissions, takesUp }: LaunchSpec): Launch {
  const companion = companionOf(dir, permissions !== 'yolo');
  const options = [
    ...(model === null ? [] : ['--model', model]),
    ...(takesUp ? inCopyOf(takesUp.conversation) : []),
  ];
  return {
    argv: ['pi', '--mode', 'rpc', '--extension', companion.path, ...options],
    env: {},
    files: [companion],
    input: null,
  };
}

/** In the directory of now, under the same name: of several copies pi takes the newest. */
function inCopyOf(conversation: string): string[] {
  return ['--fork', conversation, '--session-id', conversation];
}
