import type { Agent, Launch } from '../../../ports/agent.ts';
import { encode } from './encode.ts';
import { begin, type CodexState, interpret } from './interpret.ts';
import { codexTerminal } from './terminal.ts';

/** Codex, driven over its app server: JSON-RPC on standard input and output, one thread a session. */
export const codexAgent: Agent<CodexState> = {
  name: 'codex',
  capabilities: { dialog: true, whileBusy: 'inject', takesUp: 'anywhere' },
  terminal: codexTerminal,
  environment: ['CODEX_HOME', 'CODEX_API_KEY', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  accountEnvironment: (dir) => ({ CODEX_HOME: dir }),
  launch,
  begin,
  interpret,
  encode,
};

function launch(): Launch {
  return { argv: ['codex', 'app-server', '-c', 'check_for_update_on_startup=false'], env: {}, input: null };
}
