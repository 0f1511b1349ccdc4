/**
 * Every setting of `ao fix`, once: its flag, its variable, its key in `agent-orchestrator.yaml`, its default and its help
 * come from this table, so that none of them can drift from the others.
 */
export interface Setting {
  /** camelCase; the key below `fix:` and in a request's `flags`. */
  key: string;
  kind:
    | 'text'
    | 'file'
    | 'directory'
    | 'count'
    | 'duration'
    | 'switch'
    | 'choice'
    | 'command'
    | 'checks'
    | 'names';
  /** As commander writes it. */
  flag: string;
  variable: string;
  /** What holds when nobody says anything, as it would be written in a variable. */
  fallback?: string;
  /** Where the default is no value but a way to find one: that way, for the help. */
  otherwise?: string;
  help: string;
  choices?: readonly string[];
  /** Largest value of a count. */
  most?: number;
  /** Only as flag and variable, and not in the help: it is for tests and the demo. */
  hidden?: true;
}

export const fixSettings = [
  {
    key: 'checks',
    kind: 'checks',
    flag: '--check <name=command>',
    variable: 'AO_CHECKS',
    otherwise: 'detected from the repository',
    help: 'a command that must pass; repeat it for more',
  },
  {
    key: 'checkTimeout',
    kind: 'duration',
    flag: '--check-timeout <duration>',
    variable: 'AO_CHECK_TIMEOUT',
    fallback: '20m',
    help: 'end a check after this long',
  },
  {
    key: 'checkConcurrency',
    kind: 'count',
    flag: '--check-concurrency <n>',
    variable: 'AO_CHECK_CONCURRENCY',
    fallback: '1',
    most: 64,
    help: 'trees whose checks may run side by side',
  },
  {
    key: 'setup',
    kind: 'text',
    flag: '--setup <command>',
    variable: 'AO_SETUP',
    otherwise: 'detected from lock files',
    help: 'shell command that prepares a checkout',
  },
  {
    key: 'agent',
    kind: 'text',
    flag: '--agent <name>',
    variable: 'AO_AGENT',
    fallback: 'command',
    help: 'which agent works on the tasks',
  },
  {
    key: 'agentCommand',
    kind: 'command',
    flag: '--agent-command <argv>',
    variable: 'AO_AGENT_COMMAND',
    help: 'program and arguments of the agent; {prompt} and {promptFile} fill one argument each, without them the prompt comes on standard input',
  },
  {
    key: 'agentScript',
    kind: 'file',
    flag: '--agent-script <file>',
    variable: 'AO_AGENT_SCRIPT',
    help: 'script of the scripted agent',
  },
  {
    key: 'model',
    kind: 'text',
    flag: '--model <name>',
    variable: 'AO_MODEL',
    otherwise: "the agent's own",
    help: 'model that the agent asks, as its CLI names it',
  },
  {
    key: 'accountDir',
    kind: 'directory',
    flag: '--account-dir <directory>',
    variable: 'AO_ACCOUNT_DIR',
    otherwise: "the agent's own",
    help: "directory of the agent's login and settings, to work under another account",
  },
  {
    key: 'yolo',
    kind: 'switch',
    flag: '--yolo',
    variable: 'AO_YOLO',
    fallback: 'no',
    help: 'let the agent do everything without asking; otherwise it waits for ao approve or ao deny',
  },
  {
    key: 'concurrency',
    kind: 'count',
    flag: '--concurrency <n>',
    variable: 'AO_CONCURRENCY',
    otherwise: 'what cores and memory bear',
    most: 256,
    help: 'agents side by side',
  },
  {
    key: 'maxAttempts',
    kind: 'count',
    flag: '--max-attempts <n>',
    variable: 'AO_MAX_ATTEMPTS',
    fallback: '3',
    most: 100,
    help: 'attempts at a task before it waits for you',
  },
  {
    key: 'maxRounds',
    kind: 'count',
    flag: '--max-rounds <n>',
    variable: 'AO_MAX_ROUNDS',
    fallback: '5',
    most: 1000,
    help: 'times to look for new findings after landings',
  },
  {
    key: 'group',
    kind: 'choice',
    flag: '--group <how>',
    variable: 'AO_GROUP',
    fallback: 'auto',
    choices: ['finding', 'file', 'check', 'auto'],
    help: 'which findings become one task',
  },
  {
    key: 'scope',
    kind: 'text',
    flag: '--scope <glob>',
    variable: 'AO_SCOPE',
    otherwise: 'everything',
    help: 'paths that a change may touch',
  },
  {
    key: 'target',
    kind: 'text',
    flag: '--target <branch>',
    variable: 'AO_TARGET',
    otherwise: 'the branch that is checked out',
    help: 'branch to bring to green',
  },
  {
    key: 'workspace',
    kind: 'choice',
    flag: '--workspace <kind>',
    variable: 'AO_WORKSPACE',
    fallback: 'clone',
    choices: ['clone', 'worktree'],
    help: 'where agents work',
  },
  {
    key: 'runtime',
    kind: 'choice',
    flag: '--runtime <kind>',
    variable: 'AO_RUNTIME',
    fallback: 'process',
    choices: ['process', 'tmux'],
    help: 'what holds the agents; in tmux each has a terminal, see ao attach',
  },
  {
    key: 'isolation',
    kind: 'choice',
    flag: '--isolation <kind>',
    variable: 'AO_ISOLATION',
    fallback: 'auto',
    choices: ['auto', 'none'],
    help: 'auto: where bubblewrap works, agents see only their own processes, all of which end with them; sudo does not work there',
  },
  {
    key: 'allowTestEdits',
    kind: 'switch',
    flag: '--allow-test-edits',
    variable: 'AO_ALLOW_TEST_EDITS',
    fallback: 'no',
    help: 'let changes touch tests and their configuration',
  },
  {
    key: 'timeout',
    kind: 'duration',
    flag: '--timeout <duration>',
    variable: 'AO_TIMEOUT',
    fallback: '30m',
    help: 'end an attempt after this long',
  },
  {
    key: 'stuckAfter',
    kind: 'duration',
    flag: '--stuck-after <duration>',
    variable: 'AO_STUCK_AFTER',
    fallback: '10m',
    help: 'call an agent stuck that is silent for this long; it is not ended for that',
  },
  {
    key: 'env',
    kind: 'names',
    flag: '--env <name>',
    variable: 'AO_ENV',
    help: 'variable that agents and checks get from your environment; repeat it for more',
  },
  {
    key: 'policy',
    kind: 'switch',
    flag: '--no-policy',
    variable: 'AO_POLICY',
    fallback: 'yes',
    help: 'apply no policy to changes (a negative control)',
    hidden: true,
  },
] as const satisfies readonly Setting[];

export type SettingKey = (typeof fixSettings)[number]['key'];

export function settingOf(key: SettingKey): Setting {
  const found = fixSettings.find((setting) => setting.key === key);
  if (found === undefined) throw new Error(`no setting ${key}`);
  return found;
}

/** `--check-timeout` of `--check-timeout <duration>`. */
export function flagName(setting: Setting): string {
  return setting.flag.split(' ')[0] ?? setting.flag;
}

/** Variables of the whole program, beside those of the settings. */
export const variables: readonly { name: string; help: string }[] = [
  {
    name: 'AO_HOME',
    help: 'directory of all data (default: the XDG state directory, else ~/.local/state/ao)',
  },
  {
    name: 'AO_CONFIG',
    help: 'configuration file (default: nearest agent-orchestrator.yaml upwards, else in AO_HOME)',
  },
  {
    name: 'AO_SQLITE_SYNCHRONOUS',
    help: 'full (default), or normal: faster, may lose the last moments in a power cut',
  },
  {
    name: 'AO_DISK_RESERVE',
    help: 'no new work begins while less than this is free where AO_HOME is: 500M, 2G (default: 200M)',
  },
  {
    name: 'AO_OUTPUT_LIMIT',
    help: 'so much of the output of an agent without a protocol is kept, the newest: 50M, 2G (default: 200M)',
  },
];

/** The default in words, null where there is none. */
export function defaultOf(setting: Setting): string | null {
  return setting.fallback ?? setting.otherwise ?? null;
}
