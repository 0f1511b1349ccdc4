import type { Agent, Launch, LaunchSpec } from '../../../ports/agent.ts';
import { encode } from './encode.ts';
import { environmentFor, commonFlags } from './flags.ts';
import { begin, type ClaudeState, interpret } from './interpret.ts';
import { claudeCodeTerminal } from './terminal.ts';

/**
 * Claude Code, driven by its stream of JSON lines in both directions: a conversation that takes messages at any time, asks
 * for permission on the same channel and ends when its input ends.
 */
export const claudeCodeAgent: Agent<ClaudeState> = {
  name: 'claude-code',
  capabilities: { dialog: true, whileBusy: 'inject', takesUp: 'anywhere' },
  environment: [
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_BASE_URL',
    'ANTHROPIC_MODEL',
    'ANTHROPIC_CUSTOM_HEADERS',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CONFIG_DIR',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
  ],
  accountEnvironment: (dir) => ({ CLAUDE_CONFIG_DIR: dir }),
  terminal: claudeCodeTerminal,
  launch,
  begin,
  interpret,
  encode,
};

const channel = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];

function launch(spec: LaunchSpec): Launch {
  const { permissions } = spec;
  const mode =
    permissions === 'yolo'
      ? ['--permission-mode', 'bypassPermissions']
      : ['--permission-mode', 'acceptEdits', '--permission-prompt-tool', 'stdio'];
  return {
    argv: ['claude', ...channel, '--replay-user-messages', ...mode, ...commonFlags(spec)],
    env: environmentFor(spec),
    input: null,
  };
}
