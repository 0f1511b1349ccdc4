import { type Argument, Command, type Option } from 'commander';
import { fixSettings, type Setting } from '../../config/settings.ts';
import type { CommandEntry } from '../command.ts';
import { fromShell } from './scripts.ts';

export interface Candidate {
  word: string;
  /** Shown beside it where the shell does so. */
  means: string;
}

export type Kind = 'run' | 'task' | 'session';

export interface Completion {
  commands: readonly CommandEntry[];
  /** Ids that exist, as far as that can be known without starting anything. */
  ids(kinds: readonly Kind[]): Promise<Candidate[]>;
}

/** What may stand in place of the last of `typed`, the words behind `ao`. */
export async function complete(typed: readonly string[], completion: Completion): Promise<Candidate[]> {
  const words = typed.filter((word, index) => word !== '=' || !typed[index - 1]?.startsWith('--')); // bash splits there
  if (typed.at(-1) === '=' && words.length < typed.length) words.push('');
  const [first = '', ...rest] = words;
  const named = completion.commands.map(({ name, summary }) => ({ word: name, means: summary }));
  if (rest.length === 0) return starting(first, [...named, ...general]);
  const entry = completion.commands.find(({ name }) => name === first);
  if (entry === undefined) return first === 'help' && rest.length === 1 ? starting(rest[0] ?? '', named) : [];
  const command = new Command(first).helpCommand(false);
  (await entry.load()).define(command);
  return completeCommand(command, rest, completion);
}

const general: readonly Candidate[] = [
  { word: 'help', means: 'show the help of a command' },
  { word: '--help', means: 'show the help' },
  { word: '--version', means: 'print the version' },
];

async function completeCommand(
  command: Command,
  words: readonly string[],
  completion: Completion,
): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const { operands, waiting, plain } = readBefore(command, words.slice(0, -1));
  if (waiting !== null) return starting(current, valuesOf(waiting));
  const inner = command.commands.find((each) => each.name() === operands[0]);
  if (inner !== undefined) return completeCommand(inner.helpCommand(false), words.slice(1), completion);
  const joined = /^(--[\w-]+)=(.*)$/s.exec(current);
  const option = joined === null ? undefined : command.options.find(({ long }) => long === joined[1]);
  if (joined !== null && option !== undefined && !plain) return joinedValues(joined, valuesOf(option));
  if (current.startsWith('-') && !plain) return starting(current, optionsOf(command, words));
  const shown = command.createHelp().visibleCommands(command);
  if (operands.length === 0 && shown.length > 0)
    return starting(
      current,
      shown.map((each) => ({ word: each.name(), means: each.description() })),
    );
  const argument = command.registeredArguments[operands.length];
  return argument === undefined ? [] : starting(current, await argumentsOf(argument, completion));
}

interface Before {
  operands: string[];
  /** The option whose value comes next. */
  waiting: Option | null;
  /** Behind `--` everything is an argument. */
  plain: boolean;
}

function readBefore(command: Command, words: readonly string[]): Before {
  const before: Before = { operands: [], waiting: null, plain: false };
  for (const word of words) {
    if (before.waiting !== null) before.waiting = null;
    else if (word === '--') before.plain = true;
    else if (before.plain || !word.startsWith('-')) before.operands.push(word);
    else before.waiting = command.options.find((option) => option.required && isCalled(option, word)) ?? null;
  }
  return before;
}

function isCalled({ long, short }: Option, word: string): boolean {
  return word === long || word === short;
}

/** Those that were not given yet; some may be given again. */
function optionsOf(command: Command, words: readonly string[]): Candidate[] {
  const given = new Set(words.slice(0, -1).map((word) => word.split('=')[0]));
  const help = command.createHelp();
  return help.visibleOptions(command).flatMap((option) => {
    const { long, short, parseArg, description } = option;
    const again = parseArg !== undefined || !(given.has(long) || (short !== undefined && given.has(short)));
    return long === undefined || long === null || !again ? [] : [{ word: long, means: description }];
  });
}

function valuesOf(option: Option): Candidate[] {
  const setting: Setting | undefined = fixSettings.find(({ flag }) => flag === option.flags);
  const choices = setting?.choices ?? option.argChoices ?? [];
  if (choices.length > 0) return choices.map((word) => ({ word, means: '' }));
  if (setting?.kind === 'directory') return [{ word: fromShell.directories, means: '' }];
  if (setting?.kind === 'file' || /<file>/.test(option.flags)) return [{ word: fromShell.files, means: '' }];
  return [];
}

function joinedValues([, flag = '', value = '']: RegExpExecArray, values: readonly Candidate[]): Candidate[] {
  const words = starting(value, values).filter(({ word }) => !word.startsWith(':'));
  return words.map(({ word, means }) => ({ word: `${flag}=${word}`, means }));
}

const kinds: readonly Kind[] = ['run', 'task', 'session'];

async function argumentsOf(argument: Argument, completion: Completion): Promise<Candidate[]> {
  if (argument.name() === 'path') return [{ word: fromShell.directories, means: '' }];
  const wanted = kinds.filter((kind) => new RegExp(`\\b${kind}\\b`).test(argument.description));
  return argument.description.startsWith('id of ') ? completion.ids(wanted) : [];
}

function starting(current: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(':') || word.startsWith(current));
}
