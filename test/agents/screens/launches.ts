// How each client is started with its terminal interface, and which keys answer its questions: known from its documentation, not read off.
import { createHash } from 'node:crypto';
import type { Place } from '../clients/place.ts';

/** What it may do unasked. */
export type Mode = 'ask' | 'free';

interface Dialog {
  /** Where other flags would keep it from being asked. */
  argv?: string[];
  files: (place: Place) => Record<string, string>;
}

export interface ScreenLaunch {
  argv: (mode: Mode) => string[];
  /** Added to the client's environment; an empty value takes a variable away. */
  env?: (mode: Mode, place: Place) => Record<string, string>;
  /** Below the home: what answers first-start dialogs before they are asked. */
  files?: (place: Place, mode: Mode) => Record<string, string>;
  /** What it prints when it has begun, where its input line is there before that. */
  begun?: string;
  /** By name, what it asks at its first start, each with files in which only that is not answered. */
  dialogs: Readonly<Record<string, Dialog>>;
  /** It never waits longer before it asks again, unless its server says so. */
  pauseMs?: number;
  /** After a usage limit it goes on by itself when the window opens. */
  waits?: true;
  /** Of a question whether it may run a command. */
  keys: { allow: readonly string[]; always: readonly string[]; deny: readonly string[] };
  /** Windows of usage are told to subscribers only. */
  subscriber?: Record<string, string>;
}

const json = (value: unknown): string => JSON.stringify(value);

const approved = { customApiKeyResponses: { approved: ['dummy'], rejected: [] } };
const trusted = (place: Place): Record<string, unknown> => ({
  projects: { [place.workspace]: { hasTrustDialogAccepted: true } },
});

const claudeFiles = (answered: Record<string, unknown>): Record<string, string> => ({
  '.claude.json': json({
    hasCompletedOnboarding: true,
    theme: 'dark',
    hasSeenAutoDefaultNotice: true,
    ...answered,
  }),
  '.claude/settings.json': json({ skipDangerousModePermissionPrompt: true }),
});

const codexTrust = (place: Place): Record<string, string> => ({
  '.codex/config.toml': `\n[projects.${json(place.workspace)}]\ntrust_level = "trusted"\n`,
});

const someHook = { hooks: { Stop: [{ hooks: [{ type: 'command', command: 'true' }] }] } };

const geminiSettings = (security: Record<string, unknown>): Record<string, string> => ({
  '.gemini/settings.json': json({
    security,
    general: { enableAutoUpdate: false, maxAttempts: 2 },
    privacy: { usageStatisticsEnabled: false },
  }),
});

const kimiTrust = ({ workspace }: Place): string =>
  `.kimi-code/workspace-trust/wd_project_${createHash('sha256').update(workspace).digest('hex').slice(0, 12)}`;

export const launches: Readonly<Record<string, ScreenLaunch>> = {
  'claude-code': {
    argv: (mode) => ['claude', '--permission-mode', mode === 'ask' ? 'manual' : 'bypassPermissions'],
    env: (mode) => ({
      CLAUDE_CODE_MAX_RETRIES: '3',
      DISABLE_AUTOUPDATER: '1',
      ...(mode === 'ask' ? { IS_SANDBOX: '' } : {}),
    }),
    files: (place) => claudeFiles({ ...approved, ...trusted(place) }),
    dialogs: {
      trust: { files: () => claudeFiles(approved) },
      'api-key': { files: (place) => claudeFiles(trusted(place)) },
    },
    waits: true,
    keys: { allow: ['1'], always: ['2'], deny: ['Escape'] },
    subscriber: { ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'dummy' },
  },
  codex: {
    argv: (mode) => [
      'codex',
      ...(mode === 'ask'
        ? ['--sandbox', 'workspace-write', '--ask-for-approval', 'on-request']
        : ['--dangerously-bypass-approvals-and-sandbox']),
    ],
    files: (place) => ({
      '.codex/config.toml': `\n[projects.${json(place.workspace)}]\ntrust_level = "trusted"\n`,
    }),
    dialogs: {
      trust: { argv: ['codex'], files: () => ({ 'project/.git/HEAD': 'ref: refs/heads/main\n' }) },
      hooks: { files: (place) => ({ ...codexTrust(place), '.codex/hooks.json': json(someHook) }) },
    },
    keys: { allow: ['y'], always: ['p'], deny: ['Escape'] },
  },
  gemini: {
    argv: (mode) => [
      'gemini',
      '-m',
      'gemini-2.5-pro',
      '--approval-mode',
      mode === 'ask' ? 'default' : 'yolo',
    ],
    dialogs: {
      trust: { files: () => geminiSettings({ auth: { selectedType: 'gemini-api-key' } }) },
      login: { files: () => geminiSettings({ folderTrust: { enabled: false } }) },
    },
    keys: { allow: ['1'], always: ['2'], deny: ['Escape'] },
  },
  qwen: {
    argv: (mode) => ['qwen', '--approval-mode', mode === 'ask' ? 'default' : 'yolo'],
    pauseMs: 62_000,
    waits: true,
    dialogs: {},
    keys: { allow: ['1'], always: ['2'], deny: ['Escape'] },
  },
  opencode: {
    argv: () => ['opencode'],
    pauseMs: 62_000,
    waits: true,
    env: (mode) => (mode === 'ask' ? { OPENCODE_PERMISSION: '{"bash":"ask"}' } : {}),
    dialogs: {},
    keys: { allow: ['Enter'], always: ['Right', 'Enter', 'Enter'], deny: ['Right', 'Right', 'Enter'] },
  },
  kilocode: {
    argv: () => ['kilo'],
    pauseMs: 62_000,
    waits: true,
    env: (mode) => ({ KILO_PERMISSION: json({ bash: mode === 'ask' ? 'ask' : 'allow' }) }),
    dialogs: {},
    keys: {
      allow: ['Enter'],
      always: ['Right', 'Enter', 'Enter'],
      deny: ['Right', 'Right', 'Enter', 'Enter'],
    },
  },
  kimi: {
    argv: (mode) => ['kimi', ...(mode === 'ask' ? [] : ['--auto'])],
    waits: true,
    files: (place) => ({ [kimiTrust(place)]: json({ root: place.workspace, trustedAt: 1_767_225_600_000 }) }),
    dialogs: { trust: { files: () => ({}) } },
    keys: { allow: ['1'], always: ['2'], deny: ['3'] },
  },
};
