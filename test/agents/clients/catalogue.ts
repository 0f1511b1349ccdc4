// The real command-line agents that tests run, in the exact versions that fixtures and docs/agents.md speak of.

export interface Client {
  /** As the registry of ao names the agent. */
  name: string;
  /** Of the npm package, and the label of its fixtures. */
  version: string;
  package: string;
  /** The name of the program. */
  program: string;
  /** The program within `node_modules`: a script for Node, or the native one of this platform's package. */
  path: string;
}

const platform = `${process.platform}-${process.arch}`;

/**
 * Native programs are named directly where their package only has a starter around them: no install script has to run,
 * and nothing depends on the Node that happens to be first on the PATH.
 */
export const clients: readonly Client[] = [
  {
    name: 'claude-code',
    version: '2.1.328',
    package: '@anthropic-ai/claude-code',
    program: 'claude',
    path: `@anthropic-ai/claude-code-${platform}/claude`,
  },
  {
    name: 'codex',
    version: '0.169.0',
    package: '@openai/codex',
    program: 'codex',
    path: '@openai/codex/bin/codex.js',
  },
  {
    name: 'gemini',
    version: '0.61.0',
    package: '@google/gemini-cli',
    program: 'gemini',
    path: '.bin/gemini',
  },
  {
    name: 'opencode',
    version: '1.18.33',
    package: 'opencode-ai',
    program: 'opencode',
    path: `opencode-${platform}/bin/opencode`,
  },
  {
    name: 'kimi',
    version: '2.1.0',
    package: '@moonshot-ai/kimi-code',
    program: 'kimi',
    path: '.bin/kimi',
  },
  {
    name: 'qwen',
    version: '0.24.4',
    package: '@qwen-code/qwen-code',
    program: 'qwen',
    path: '.bin/qwen',
  },
  {
    name: 'kilocode',
    version: '7.7.7',
    package: '@kilocode/cli',
    program: 'kilo',
    path: `@kilocode/cli-${platform}/bin/kilo`,
  },
  {
    name: 'pi',
    version: '0.87.1',
    package: '@earendil-works/pi-coding-agent',
    program: 'pi',
    path: '.bin/pi',
  },
  {
    name: 'claude-agent-acp',
    version: '0.100.0',
    package: '@agentclientprotocol/claude-agent-acp',
    program: 'claude-agent-acp',
    path: '.bin/claude-agent-acp',
  },
];

/** What people have who do not update every day: recorded for the adapters, and not run in tests. */
export const older: readonly Client[] = [
  { ...clientNamed('claude-code'), version: '2.1.197' },
  { ...clientNamed('codex'), version: '0.166.0' },
];

/** Without these the contract with real agents means nothing: missing in CI they are a failure. */
export const required: readonly string[] = ['claude-code', 'codex', 'gemini'];

/** `codex`: its newest version; `codex@0.166.0`: that one. */
export function clientNamed(name: string): Client {
  const [wanted, version] = name.split('@');
  const all = version === undefined ? clients : [...clients, ...older];
  const client = all.find((one) => one.name === wanted && one.version === (version ?? one.version));
  if (client !== undefined) return client;
  const known = all.map((one) => (version === undefined ? one.name : `${one.name}@${one.version}`));
  throw new Error(`no client ${name}; there are ${known.join(', ')}`);
}
