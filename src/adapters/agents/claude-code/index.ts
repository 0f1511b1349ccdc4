import type { Agent, Launch, LaunchSpec } from '../../../ports/agent.ts';
import { encode } from './encode.ts';
import { begin, type ClaudeState, interpret } from './interpret.ts';

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
  launch,
  begin,
  interpret,
  encode,
};

const channel = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];

function launch({ model, permissions, takesUp }: LaunchSpec): Launch {
  const mode =
    permissions === 'yolo'
      ? ['--permission-mode', 'bypassPermissions']
      : ['--permission-mode', 'acceptEdits', '--permission-prompt-tool', 'stdio'];
  return {
    argv: [
      'claude',
      ...channel,
      '--replay-user-messages',
      ...mode,
      ...(model === null ? [] : ['--model', model]),
      ...(takesUp ? ['--resume', takesUp.conversation] : []),
    ],
    env: {
      // How often and how long to try again is our decision: its own ten retries are three silent minutes.
      CLAUDE_CODE_MAX_RETRIES: '3',
      DISABLE_AUTOUPDATER: '1',
      // Otherwise it refuses to work unasked as root; with yolo a person has said that it may.
      ...(permissions === 'yolo' ? { IS_SANDBOX: '1' } : {}),
    },
    input: null,
  };
}
