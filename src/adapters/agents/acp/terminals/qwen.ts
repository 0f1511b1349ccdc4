import { join } from 'node:path';
import type { AgentFailure } from '../../../../domain/agent-facts.ts';
import type { Launch, LaunchSpec } from '../../../../ports/agent.ts';
import type { TerminalAgent } from '../../../../ports/terminal-agent.ts';
import { asMessage } from '../../as-message.ts';
import { hookSettings, type HooksState, interpretHooks, noHook } from '../../hooks.ts';
import { type JsonObject, textAt } from '../../json-lines.ts';
import { goneIn } from '../../screen-parts.ts';
import { taskArgument } from '../../task-argument.ts';
import { failureOf } from '../failure.ts';
import { readQwenScreen } from '../screens/qwen.ts';

/** Qwen Code's own user interface. Its hooks, in Claude's form, stand in defaults of the session; what a person has set goes before those. */
export const qwenTerminal: TerminalAgent<HooksState> = {
  hooks: true,
  interrupt: ['Escape'],
  launch,
  accountEntries: () => [],
  begin: () => noHook,
  interpret: (bytes, state) => interpretHooks(bytes, state, failureOfHook),
  readScreen: (rows, more) => goneIn(lastWords(rows), /^No saved session/) ?? readQwenScreen(rows, more),
  typed: asMessage,
};

const events = ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'Stop', 'StopFailure'];

function launch(spec: LaunchSpec): Launch {
  const { model, permissions, takesUp } = spec;
  const defaults = join(spec.dir, 'qwen-defaults.json');
  const quiet = { enableFollowupSuggestions: false, enableWelcomeBack: false, enableUserFeedback: false };
  const settings = {
    ui: quiet,
    general: { enableAutoUpdate: false },
    hooks: hookSettings(events),
  };
  return {
    argv: [
      'qwen',
      `--approval-mode=${permissions === 'yolo' ? 'yolo' : 'auto-edit'}`,
      ...(model === null ? [] : [`--model=${model}`]),
      ...(takesUp ? [`--resume=${takesUp.conversation}`] : []),
      `--prompt-interactive=${taskArgument(spec)}`,
    ],
    env: { QWEN_CODE_SYSTEM_DEFAULTS_PATH: defaults, QWEN_CODE_SUPPRESS_YOLO_WARNING: '1' },
    files: [{ path: defaults, text: `${JSON.stringify(settings, null, 2)}\n` }],
    input: null,
  };
}

function failureOfHook(event: JsonObject): AgentFailure {
  const message = textAt(event, 'error_details') || textAt(event, 'last_assistant_message');
  return failureOf({ data: { errorKind: textAt(event, 'error'), message } });
}

/** Behind what it says at its start; all that is said in a conversation stands further in. */
const lastWords = (rows: readonly string[]): string[] =>
  rows.filter((row) => row.startsWith('No saved session found with ID '));
