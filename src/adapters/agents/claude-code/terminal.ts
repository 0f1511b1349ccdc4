import { join } from 'node:path';
import type { Launch, LaunchSpec } from '../../../ports/agent.ts';
import type { AccountEntry, TerminalAgent } from '../../../ports/terminal-agent.ts';
import { asMessage } from '../as-message.ts';
import { hookSettings, type HooksState, interpretHooks, noHook } from '../hooks.ts';
import { isObject, type JsonObject, objectAt, textAt } from '../json-lines.ts';
import { taskArgument } from '../task-argument.ts';
import { failureOf } from './failure.ts';
import { environmentFor, commonFlags } from './flags.ts';
import { readScreen } from './screen.ts';

/** Claude Code's own user interface. Its hooks are brought along for the session; that it may work in the workspace has no flag. */
export const claudeCodeTerminal: TerminalAgent<HooksState> = {
  hooks: true,
  interrupt: ['Escape'],
  launch,
  accountEntries: ({ workspace, environment }) => [trust(configFile(environment), workspace)],
  begin: () => noHook,
  interpret: (bytes, state) => interpretHooks(bytes, state, failureOfHook),
  readScreen,
  typed: asMessage,
};

const events = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PermissionRequest',
  'Stop',
  'StopFailure',
];

function launch(spec: LaunchSpec): Launch {
  const settings = join(spec.dir, 'claude-settings.json');
  const overlay = {
    hooks: hookSettings(events),
    disableDeepLinkRegistration: 'disable', // otherwise it writes itself into the person's desktop
    ...(spec.permissions === 'yolo' ? { skipDangerousModePermissionPrompt: true } : {}),
  };
  const mode = spec.permissions === 'yolo' ? 'bypassPermissions' : 'acceptEdits';
  return {
    argv: [
      'claude',
      '--settings',
      settings,
      '--permission-mode',
      mode,
      ...commonFlags(spec),
      '--',
      taskArgument(spec),
    ],
    env: environmentFor(spec),
    files: [{ path: settings, text: `${JSON.stringify(overlay, null, 2)}\n` }],
    input: null,
  };
}

function failureOfHook(event: JsonObject) {
  return failureOf({ result: textAt(event, 'last_assistant_message') }, textAt(event, 'error'), null);
}

/** Beside the person's settings, where these were not moved. */
function configFile({ CLAUDE_CONFIG_DIR: dir, HOME: home = '/' }: Readonly<Record<string, string>>): string {
  return join(dir ?? home, '.claude.json');
}

/** As if the person had said that this folder is theirs. */
function trust(file: string, workspace: string): AccountEntry {
  const read = (text: string | null): JsonObject => {
    const value: unknown = text === null || text.trim() === '' ? {} : JSON.parse(text);
    if (!isObject(value)) throw new SyntaxError('it holds no object');
    return value;
  };
  const isThere = (text: string | null): boolean =>
    objectAt(objectAt(read(text), 'projects'), workspace)['hasTrustDialogAccepted'] === true;
  return {
    file,
    isThere,
    add: (text) => {
      const config = read(text);
      const projects = objectAt(config, 'projects');
      const project = { ...objectAt(projects, workspace), hasTrustDialogAccepted: true };
      return `${JSON.stringify({ ...config, projects: { ...projects, [workspace]: project } }, null, 2)}\n`;
    },
    remove: (text) => {
      const config = read(text);
      const { [workspace]: _, ...projects } = objectAt(config, 'projects');
      return `${JSON.stringify({ ...config, projects }, null, 2)}\n`;
    },
  };
}
