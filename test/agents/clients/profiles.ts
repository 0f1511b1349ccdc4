// How each client is made to talk to our model server with a dummy key, and to nobody else.
/** Where the client lives, and the model server's address with the scenario in it. */
interface Where {
  home: string;
  url: string;
}

interface Profile {
  env: (where: Where) => Record<string, string>;
  /** Below the home. */
  files?: (where: Where) => Record<string, string>;
  /** One prompt, all permissions given, to its end. */
  oneShot: (prompt: string) => string[];
  /** What makes it ask its vendor instead of us; an empty value takes a variable away. */
  vendor?: { env: Record<string, string>; args: string[] };
}

const json = (value: unknown): string => JSON.stringify(value);

const scriptedModel = {
  name: 'Scripted',
  tool_call: true,
  limit: { context: 200_000, output: 8192 },
  cost: { input: 1, output: 2 },
};

const openAiCompatible = (where: Where): string =>
  json({
    autoupdate: false,
    share: 'disabled',
    model: 'scripted/scripted-model',
    small_model: 'scripted/scripted-model',
    provider: {
      scripted: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Scripted',
        options: { baseURL: `${where.url}/v1`, apiKey: 'dummy' },
        models: { 'scripted-model': scriptedModel, 'other-model': scriptedModel },
      },
    },
  });

const piModel = (id: string) => ({
  id,
  contextWindow: 200_000,
  maxTokens: 8192,
  cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
});

const claudeEnvironment = (where: Where): Record<string, string> => ({
  ANTHROPIC_API_KEY: 'dummy',
  ANTHROPIC_BASE_URL: where.url,
  IS_SANDBOX: '1', // lets root give all permissions
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
});

/** Codex' own provider tries a WebSocket first; one that is configured goes straight to HTTP. */
function codexSettings(where: Where): Record<string, string> {
  const url = json(`${where.url}/v1`);
  return {
    model: json('scripted-model'),
    model_provider: json('scripted'),
    'model_providers.scripted': `{name="scripted",base_url=${url},env_key="SCRIPTED_KEY",wire_api="responses",request_max_retries=1,stream_max_retries=1}`,
    'analytics.enabled': 'false',
    'features.plugins': 'false',
    'features.unbounded_connection_retries': 'false',
    check_for_update_on_startup: 'false',
    // Its sandbox, ended by force, leaves empty directories behind where it lets write: not in the /tmp of all.
    'sandbox_workspace_write.exclude_slash_tmp': 'true',
  };
}

const streaming = ['--output-format', 'stream-json', '--verbose'];
const free = '--dangerously-bypass-approvals-and-sandbox';

/** They install a package at each start; our server says that it has none. */
const registryOfOurs = (where: Where): Record<string, string> => ({
  '.npmrc': `registry=${where.url}/registry/\nfetch-retries=0\n`,
});

export const profiles: Readonly<Record<string, Profile>> = {
  'claude-code': {
    env: claudeEnvironment,
    // A person who has used it before has been asked these once, whatever folder they are in.
    files: () => ({
      '.claude.json': json({
        hasCompletedOnboarding: true,
        theme: 'dark',
        customApiKeyResponses: { approved: ['dummy'], rejected: [] },
      }),
    }),
    oneShot: (prompt) => ['claude', '-p', prompt, ...streaming, '--dangerously-skip-permissions'],
    vendor: { env: { ANTHROPIC_BASE_URL: '' }, args: [] },
  },
  codex: {
    env: (where) => ({ SCRIPTED_KEY: 'dummy', CODEX_HOME: `${where.home}/.codex` }),
    files: (where) => ({
      '.codex/config.toml': Object.entries(codexSettings(where))
        .map(([name, value]) => `${name} = ${value}\n`)
        .join(''),
    }),
    oneShot: (prompt) => ['codex', 'exec', '--json', '--skip-git-repo-check', free, prompt],
    vendor: { env: { CODEX_API_KEY: 'dummy' }, args: ['-c', 'model_provider="openai"'] },
  },
  gemini: {
    env: (where) => ({ GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: where.url }),
    files: () => ({
      '.gemini/settings.json': json({
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
        general: { enableAutoUpdate: false, maxAttempts: 2 },
        privacy: { usageStatisticsEnabled: false },
      }),
    }),
    oneShot: (prompt) => ['gemini', '-p', prompt, '-o', 'stream-json', '-y', '-m', 'gemini-2.5-pro'],
    vendor: { env: { GOOGLE_GEMINI_BASE_URL: '' }, args: [] },
  },
  opencode: {
    env: (where) => ({
      OPENCODE_CONFIG_CONTENT: openAiCompatible(where),
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
    }),
    files: registryOfOurs,
    oneShot: (prompt) => ['opencode', 'run', '--format', 'json', prompt],
  },
  kimi: {
    env: (where) => ({
      KIMI_CODE_HOME: `${where.home}/.kimi-code`,
      KIMI_CODE_NO_AUTO_UPDATE: '1',
      KIMI_DISABLE_TELEMETRY: '1',
      KIMI_MODEL_NAME: 'scripted-model',
      KIMI_MODEL_API_KEY: 'dummy',
      KIMI_MODEL_PROVIDER_TYPE: 'openai',
      KIMI_MODEL_BASE_URL: `${where.url}/v1`,
    }),
    files: (where) => ({
      '.kimi-code/config.toml': [
        '[loop_control]',
        'max_attempts_per_step = 2',
        '[providers.scripted]',
        'type = "openai"',
        `base_url = ${json(`${where.url}/v1`)}`,
        'api_key = "dummy"',
        '[models.other]',
        'provider = "scripted"',
        'model = "other-model"',
        'max_context_size = 200000\n',
      ].join('\n'),
    }),
    oneShot: (prompt) => ['kimi', '-p', prompt, '--output-format', 'stream-json'],
  },
  qwen: {
    env: (where) => ({
      OPENAI_API_KEY: 'dummy',
      OPENAI_BASE_URL: `${where.url}/v1`,
      OPENAI_MODEL: 'scripted-model',
      QWEN_CODE_SUPPRESS_YOLO_WARNING: '1',
    }),
    files: () => ({ '.qwen/settings.json': json({ privacy: { usageStatisticsEnabled: false } }) }),
    oneShot: (prompt) => ['qwen', '-p', prompt, '-o', 'stream-json', '-y'],
  },
  kilocode: {
    env: (where) => ({
      KILO_CONFIG_CONTENT: openAiCompatible(where),
      KILO_DISABLE_MODELS_FETCH: '1',
      KILO_TELEMETRY_LEVEL: 'off',
      KILO_API_URL: `${where.url}/kilo`, // it asks its vendor for models and limits at each start
      KILO_SESSION_RETRY_LIMIT: '1',
    }),
    files: registryOfOurs,
    oneShot: (prompt) => ['kilo', 'run', '--format', 'json', '--auto', prompt],
  },
  pi: {
    env: () => ({}),
    files: (where) => ({
      '.pi/agent/settings.json': json({ defaultProvider: 'scripted', defaultModel: 'scripted-model' }),
      '.pi/agent/models.json': json({
        providers: {
          scripted: {
            baseUrl: `${where.url}/v1`,
            api: 'openai-completions',
            apiKey: 'dummy',
            models: [piModel('scripted-model'), piModel('other-model')],
          },
        },
      }),
    }),
    oneShot: (prompt) => ['pi', '-p', '--mode', 'json', prompt],
    vendor: { env: { OPENAI_API_KEY: 'dummy' }, args: ['--model', 'openai/gpt-4o-mini'] },
  },
  'claude-agent-acp': { env: claudeEnvironment, oneShot: () => [] },
};
