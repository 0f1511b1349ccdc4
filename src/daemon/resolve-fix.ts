import { availableParallelism, totalmem } from 'node:os';
import { dirname, relative, resolve, sep } from 'node:path';
import { realpathSync } from 'node:fs';
import * as read from '../config/read-setting.ts';
import { type ConfigFile, findConfig, readConfig } from '../config/read-config.ts';
import { fixSettings, type Setting, type SettingKey, settingOf } from '../config/settings.ts';
import { AoError } from '../domain/errors.ts';
import { defaultConcurrency } from '../domain/placement.ts';
import type { RunOptions } from '../domain/run.ts';
import type { FixRequest } from '../engine/engine.ts';
import { closest } from '../lib/closest.ts';
import { agentNames, findAgent } from '../adapters/registry.ts';
import { agentEnvironment, cleanEnvironment } from './client-env.ts';
import { repositoryPath } from './repository-path.ts';

/** What a client sends: nothing is read or checked yet. */
export interface FixInput {
  cwd: string;
  /** As typed; null: the folder the client is in. */
  path: string | null;
  /** By the keys of `settings.ts`. */
  flags: Readonly<Record<string, unknown>>;
  /** The client's whole environment. */
  env: Readonly<Record<string, string>>;
  resume: boolean;
  dryRun: boolean;
}

/** Agents that are whatever program they are told. */
const takesCommand: ReadonlySet<string> = new Set(['command', 'acp']);

/** One place that settings come from. Earlier levels win over later ones. */
interface Level {
  source: read.Given['source'];
  folder: string;
  values: Readonly<Record<string, unknown>>;
  place(key: SettingKey): string;
}

const nowhere = (): string => '';

/** Flag, then `AO_…` variable, then the project's settings in the file, then the file's, then the default. */
export function resolveFix(input: FixInput, home: string): FixRequest {
  const path = repositoryPath(input.cwd, input.path);
  refuseUnknownFlags(input.flags);
  const file = configFor(input, home);
  const settings = new Settings([
    { source: 'flag', folder: input.cwd, values: input.flags, place: nowhere },
    { source: 'variable', folder: input.cwd, values: variablesOf(input.env), place: nowhere },
    ...(file === null ? [] : fileLevels(file, path, input.env['HOME'])),
    { source: 'file', folder: input.cwd, values: defaults(), place: nowhere },
  ]);
  const options = readOptions(settings);
  if (takesCommand.has(options.agent) && options.agentCommand === null && !input.resume && !input.dryRun)
    throw noAgent();
  return {
    path,
    branch: settings.get('target', read.readText) ?? null,
    options,
    env: cleanEnvironment(input.env, settings.get('env', read.readNames) ?? []),
    agentEnv: agentEnvironment(input.env, findAgent(options.agent), options.accountDir ?? null),
    resume: input.resume,
  };
}

class Settings {
  readonly #levels: readonly Level[];

  constructor(levels: readonly Level[]) {
    this.#levels = levels;
  }

  get<T>(key: SettingKey, reader: (setting: Setting, given: read.Given) => T): T | undefined {
    const level = this.#levels[this.rank(key)];
    if (level === undefined) return undefined;
    const { values, source, folder, place } = level;
    return reader(settingOf(key), { value: values[key], source, folder, place: place(key) });
  }

  /** For settings with a default in the table. */
  must<T>(key: SettingKey, reader: (setting: Setting, given: read.Given) => T): T {
    const value = this.get(key, reader);
    if (value === undefined) throw new Error(`${key} has no default`);
    return value;
  }

  /** Of a level: nobody said anything. */
  isDefault(rank: number): boolean {
    return rank >= this.#levels.length - 1;
  }

  /** Number of the level that decides, 0 first; past the end where nobody says anything. */
  rank(key: SettingKey): number {
    const found = this.#levels.findIndex(({ values }) => values[key] !== undefined);
    return found < 0 ? this.#levels.length : found;
  }
}

function readOptions(settings: Settings): RunOptions {
  const checkTimeoutMs = settings.must('checkTimeout', read.readDuration);
  const agent = agentOf(settings);
  const accountDir = settings.get('accountDir', read.readDirectory) ?? null;
  return {
    checks: (settings.get('checks', read.readChecks) ?? []).map(({ name, command, timeoutMs }) => ({
      name,
      command,
      timeoutMs: timeoutMs ?? checkTimeoutMs,
    })),
    setup: settings.get('setup', read.readText) ?? null,
    agent,
    agentCommand: takesCommand.has(agent) ? (settings.get('agentCommand', read.readCommand) ?? null) : null,
    agentScript: agent === 'scripted' ? (settings.get('agentScript', read.readFile) ?? null) : null,
    concurrency: settings.get('concurrency', read.readCount) ?? machineConcurrency(),
    checkConcurrency: settings.must('checkConcurrency', read.readCount),
    maxAttempts: settings.must('maxAttempts', read.readCount),
    maxRounds: settings.must('maxRounds', read.readCount),
    group: settings.must('group', oneOf(['finding', 'file', 'check', 'auto'])),
    scope: settings.get('scope', read.readText) ?? null,
    workspace: settings.must('workspace', oneOf(['clone', 'worktree'])),
    runtime: settings.must('runtime', oneOf(['process', 'tmux'])),
    isolation: settings.must('isolation', oneOf(['auto', 'none'])),
    model: settings.get('model', read.readText) ?? null,
    accountDir: accountDir === null || !takesAccount(settings, agent) ? null : accountDir,
    permissions: settings.must('yolo', read.readSwitch) ? 'yolo' : 'ask',
    allowTestEdits: settings.must('allowTestEdits', read.readSwitch),
    policy: settings.must('policy', read.readSwitch),
    attemptTimeoutMs: settings.must('timeout', read.readDuration),
    stuckAfterMs: settings.must('stuckAfter', read.readDuration),
  };
}

/** A command or a script says which agent it is for, and wins over a name that was given further away. */
function agentOf(settings: Settings): string {
  const [name, command, script] = [
    settings.rank('agent'),
    settings.rank('agentCommand'),
    settings.rank('agentScript'),
  ];
  if (name <= command && name <= script) {
    return settings.must('agent', (setting, given) => read.readChoice(setting, given, agentNames));
  }
  return script < command ? 'scripted' : 'command';
}

/** Of an agent without logins a directory for one is refused, unless it was given further away: for other agents. */
function takesAccount(settings: Settings, agent: string): boolean {
  if (findAgent(agent).accountEnvironment !== null) return true;
  const named = Math.min(
    ...(['agent', 'agentCommand', 'agentScript'] as const).map((key) => settings.rank(key)),
  );
  if (named < settings.rank('accountDir') || settings.isDefault(named)) return false;
  throw new AoError(
    'usage',
    `the agent ${agent} has no directory for its login that ao knows of`,
    'Leave --account-dir out, and hand it what it reads: --env NAME.',
  );
}

function oneOf<T extends string>(choices: readonly T[]) {
  return (setting: Setting, given: read.Given): T => {
    const text = read.readChoice(setting, given);
    const choice = choices.find((it) => it === text);
    if (choice === undefined) throw new Error(`${setting.key} has a choice that nothing reads: ${text}`);
    return choice;
  };
}

/** Of all memory, not of what is free this moment: the same request must give the same options, to join its run. */
function machineConcurrency(): number {
  return defaultConcurrency({ cores: availableParallelism(), memoryAvailableBytes: totalmem() });
}

function defaults(): Record<string, unknown> {
  return Object.fromEntries(fixSettings.map((setting: Setting) => [setting.key, setting.fallback]));
}

function variablesOf(env: Readonly<Record<string, string>>): Record<string, unknown> {
  const given = fixSettings.filter(({ variable }) => (env[variable] ?? '') !== '');
  return Object.fromEntries(given.map(({ key, variable }) => [key, valueOf(key, env[variable] ?? '')]));
}

/** A variable with checks may hold a JSON object instead of lines. */
function valueOf(key: SettingKey, text: string): unknown {
  if (key !== 'checks' || !text.trimStart().startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new AoError(
      'config',
      'AO_CHECKS is not JSON',
      'Write {"name": "command"}, or lines of name=command.',
    );
  }
}

function configFor(input: FixInput, home: string): ConfigFile | null {
  const named = input.env['AO_CONFIG'];
  const folder = named ? input.cwd : resolve(input.cwd, input.path ?? '.');
  const path = findConfig(folder, named, home);
  return path === null ? null : readConfig(path);
}

function fileLevels(file: ConfigFile, repository: string, home: string | undefined): Level[] {
  const folder = dirname(file.path);
  const level = (values: Level['values'] | undefined, ...at: string[]): Level[] =>
    values === undefined
      ? []
      : [{ source: 'file', folder, values, place: (key) => file.place([...at, 'fix', key]) }];
  const [project] = Object.entries(file.config.projects ?? {})
    .map(([name, { path, fix }]) => ({ name, path: projectPath(path, folder, home), fix }))
    .filter(({ path }) => contains(path, repository))
    .toSorted((a, b) => b.path.length - a.path.length);
  return [...level(project?.fix, 'projects', project?.name ?? ''), ...level(file.config.fix)];
}

function projectPath(path: string, folder: string, home: string | undefined): string {
  const expanded = home !== undefined && /^~(\/|$)/.test(path) ? home + path.slice(1) : path;
  const absolute = resolve(folder, expanded);
  try {
    return realpathSync(absolute);
  } catch {
    return absolute;
  }
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

function refuseUnknownFlags(flags: Readonly<Record<string, unknown>>): void {
  const known = fixSettings.map(({ key }) => key);
  for (const key of Object.keys(flags)) {
    if (known.some((it) => it === key)) continue;
    const near = closest(key, known);
    throw new AoError('usage', `there is no setting ${key}`, near === null ? null : `Did you mean ${near}?`);
  }
}

function noAgent(): AoError {
  return new AoError(
    'usage',
    'no agent was named, so nobody can work on the findings',
    'Name one: ao fix --agent claude-code (or codex, kimi, …), or any program: --agent-command "my-agent {promptFile}".',
  );
}
