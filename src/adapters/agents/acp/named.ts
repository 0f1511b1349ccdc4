import { acpAgent, type Witness } from './index.ts';
import { withPlugins } from './plugins.ts';
import { preloading } from './preloading.ts';
import { readKiloScreen, readOpencodeScreen } from './screens/opencode.ts';
import { geminiTerminal } from './terminals/gemini.ts';
import { kimiTerminal } from './terminals/kimi.ts';
import { likeOpencode } from './terminals/opencode.ts';
import { qwenTerminal } from './terminals/qwen.ts';
import type { Asking } from './witness.ts';

/** Of agents that have no directory of their own: `dir` in place of the home directory. */
const likeHome = (dir: string): Record<string, string> => ({
  XDG_CONFIG_HOME: `${dir}/.config`,
  XDG_DATA_HOME: `${dir}/.local/share`,
  XDG_STATE_HOME: `${dir}/.local/state`,
  XDG_CACHE_HOME: `${dir}/.cache`,
});

/** Node loads it before its program. */
const preload = (asking: Asking): Witness => ({
  asking,
  loading: 'preload',
  env: preloading,
});

/** opencode and its kin take it for a plugin. */
const plugin = (variable: string): Witness => ({
  asking: 'fetch',
  loading: 'plugin',
  env: (file, environment) => withPlugins(variable, [file], environment),
});

/** Agents that people have, by the commands that make them speak the protocol, each with the variables it reads. */
export const kimiAgent = acpAgent({
  name: 'kimi',
  argv: () => ['kimi', 'acp'],
  environment: [
    'KIMI_CODE_HOME',
    'KIMI_MODEL_NAME',
    'KIMI_MODEL_API_KEY',
    'KIMI_MODEL_PROVIDER_TYPE',
    'KIMI_MODEL_BASE_URL',
    'KIMI_API_KEY',
  ],
  accountEnvironment: (dir) => ({ KIMI_CODE_HOME: dir }),
  env: { KIMI_CODE_NO_AUTO_UPDATE: '1', KIMI_LOOP_MAX_ATTEMPTS_PER_STEP: '3' },
  witness: preload('fetch'),
  terminal: kimiTerminal,
});

/** In a terminal it would otherwise look for a newer version of itself, and install that. */
const kiloSettings = { KILO_DISABLE_AUTOUPDATE: '1', KILO_SESSION_RETRY_LIMIT: '3' };

export const kilocodeAgent = acpAgent({
  name: 'kilocode',
  argv: () => ['kilo', 'acp'],
  environment: [
    'KILO_CONFIG_DIR',
    'KILO_CONFIG_CONTENT',
    'KILO_AUTH_CONTENT',
    'ANTHROPIC_API_KEY',
    'OPENAI_API_KEY',
    'GEMINI_API_KEY',
    'OPENROUTER_API_KEY',
  ],
  accountEnvironment: likeHome,
  env: kiloSettings,
  witness: plugin('KILO_CONFIG_CONTENT'),
  terminal: likeOpencode({
    program: 'kilo',
    settings: 'KILO_CONFIG_CONTENT',
    env: kiloSettings,
    readScreen: readKiloScreen,
  }),
});

export const opencodeAgent = acpAgent({
  name: 'opencode',
  argv: () => ['opencode', 'acp'],
  environment: [
    'OPENCODE_CONFIG',
    'OPENCODE_CONFIG_DIR',
    'OPENCODE_CONFIG_CONTENT',
    'OPENCODE_AUTH_CONTENT',
    'ANTHROPIC_API_KEY',
    'OPENAI_API_KEY',
    'GEMINI_API_KEY',
    'OPENROUTER_API_KEY',
  ],
  accountEnvironment: likeHome,
  env: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
  witness: plugin('OPENCODE_CONFIG_CONTENT'),
  terminal: likeOpencode({
    program: 'opencode',
    settings: 'OPENCODE_CONFIG_CONTENT',
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
    readScreen: readOpencodeScreen,
  }),
});

export const geminiAgent = acpAgent({
  name: 'gemini',
  argv: ({ model }) => ['gemini', '--acp', ...(model === null ? [] : ['--model', model])],
  modelInArgv: true,
  environment: [
    'GEMINI_API_KEY',
    'GOOGLE_API_KEY',
    'GOOGLE_GEMINI_BASE_URL',
    'GOOGLE_CLOUD_PROJECT',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'GOOGLE_GENAI_USE_VERTEXAI',
    'GEMINI_CLI_HOME',
  ],
  accountEnvironment: (dir) => ({ GEMINI_CLI_HOME: dir }),
  env: {},
  witness: preload('fetch'),
  takesUp: null, // it offers to load a session and never finds one
  terminal: geminiTerminal,
});

export const qwenAgent = acpAgent({
  name: 'qwen',
  argv: ({ model }) => ['qwen', '--acp', ...(model === null ? [] : ['--model', model])],
  modelInArgv: true,
  environment: ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL', 'DASHSCOPE_API_KEY', 'QWEN_HOME'],
  accountEnvironment: (dir) => ({ QWEN_HOME: dir }),
  env: {},
  witness: preload('undici'),
  terminal: qwenTerminal,
});
