import { createHash } from 'node:crypto';
import type { AgentFailure } from '../../../domain/agent-facts.ts';
import type { Launch, LaunchSpec } from '../../../ports/agent.ts';
import type { TerminalAgent } from '../../../ports/terminal-agent.ts';
import { asMessage } from '../as-message.ts';
import { hookCommand, type HooksState, interpretHooks, noHook } from '../hooks.ts';
import { type JsonObject, textAt } from '../json-lines.ts';
import { goneIn } from '../screen-parts.ts';
import { taskArgument } from '../task-argument.ts';
import { failureOf } from './failure.ts';
import { readScreen } from './screen.ts';

/** Codex' own user interface. All that it is to know is said in flags: its hooks, and that it may work in the workspace. */
export const codexTerminal: TerminalAgent<HooksState> = {
  hooks: true,
  interrupt: ['Escape'],
  launch,
  accountEntries: () => [],
  begin: () => noHook,
  interpret: (bytes, state) => interpretHooks(bytes, state, failureOfHook),
  readScreen: (rows, more) =>
    goneIn(rows, /^ERROR: No saved session found with ID/) ?? readScreen(rows, more),
  typed: asMessage,
};

/** By codex' names for them. Of a turn that failed none tells: the screen does. */
const events = {
  SessionStart: 'session_start',
  UserPromptSubmit: 'user_prompt_submit',
  PreToolUse: 'pre_tool_use',
  PostToolUse: 'post_tool_use',
  PermissionRequest: 'permission_request',
  Stop: 'stop',
};

function launch(spec: LaunchSpec): Launch {
  const { workspace, model, permissions, takesUp } = spec;
  const settings = { check_for_update_on_startup: 'false', projects: trusting(workspace), ...hooks() };
  const [sandbox, approval] =
    permissions === 'yolo' ? ['danger-full-access', 'never'] : ['workspace-write', 'on-request'];
  return {
    argv: [
      'codex',
      ...(takesUp ? ['resume'] : []),
      '--no-daemon', // that has the environment, and so the events file, of whoever started it first
      '--cd',
      workspace,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      '--sandbox',
      sandbox,
      '--ask-for-approval',
      approval,
      ...(model === null ? [] : ['--model', model]),
      '--',
      ...(takesUp ? [takesUp.conversation] : []),
      taskArgument(spec),
    ],
    env: {},
    input: null,
  };
}

/** A path may hold dots, which part the names of settings: so it is within a value. */
const trusting = (workspace: string): string => `{${JSON.stringify(workspace)}={trust_level="trusted"}}`;

/**
 * Codex runs no hook that nobody has looked at. It knows one by the hash of its settings, and we have looked at ours alone: what the workspace
 * brings along stays untrusted.
 */
function hooks(): Record<string, string> {
  const handler = `{type="command",command=${JSON.stringify(hookCommand)}}`;
  const settings = Object.keys(events).map((event) => [`hooks.${event}`, `[{hooks=[${handler}]}]`]);
  const trusted = Object.values(events).map((event) => {
    const key = `/<session-flags>/config.toml:${event}:0:0`;
    return `${JSON.stringify(key)}={trusted_hash="sha256:${hashOfHook(event)}"}`;
  });
  return { ...Object.fromEntries(settings), 'hooks.state': `{${trusted.join(',')}}` };
}

/** Of all that codex knows of it, its names in order. */
function hashOfHook(event: string): string {
  const handler = { async: false, command: hookCommand, timeout: 600, type: 'command' };
  const text = JSON.stringify({ event_name: event, hooks: [handler] });
  return createHash('sha256').update(text).digest('hex');
}

function failureOfHook(event: JsonObject): AgentFailure {
  return failureOf({ message: textAt(event, 'last_assistant_message') }, null);
}
