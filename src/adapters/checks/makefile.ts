import { isAbsolute, join, posix } from 'node:path';
import { readText } from './paths.ts';

export interface RecipeLine {
  /** 1-based number of its first line in the makefile. */
  line: number;
  /** As written, continuation lines joined by newlines, without the tab and without `@`, `-` and `+` in front. */
  text: string;
}

export interface Rule {
  targets: string[];
  prerequisites: string[];
  recipe: RecipeLine[];
}

/** Rules and recipes of a makefile, as text: nothing is expanded, and conditionals are read as if all of them held. */
export function readMakefile(text: string): Rule[] {
  const rules: Rule[] = [];
  let current: Rule | null = null;
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const start = i;
    let line = lines[i] ?? '';
    while (line.endsWith('\\') && i + 1 < lines.length) line += `\n${lines[++i] ?? ''}`;
    if (line.startsWith('\t')) {
      current?.recipe.push({ line: start + 1, text: recipeTextOf(line) });
      continue;
    }
    const rule = /^([^\s#=:][^=:#]*?)\s*::?(?![=:])([^=#]*)(?:#.*)?$/s.exec(line);
    if (rule === null) continue;
    const [prerequisites = '', inline] = (rule[2] ?? '').split(';', 2);
    current = { targets: namesIn(rule[1]), prerequisites: namesIn(prerequisites), recipe: [] };
    if (inline !== undefined) current.recipe.push({ line: start + 1, text: recipeTextOf(inline) });
    rules.push(current);
  }
  return rules;
}

function recipeTextOf(line: string): string {
  return line
    .replace(/^\s*[@+\-\s]*/, '')
    .replace(/\n\t/g, '\n')
    .trimEnd();
}

function namesIn(text: string | undefined): string[] {
  return (text ?? '').split(/[\s\\]+/).filter((name) => name !== '' && name !== '|');
}

/** The recipes behind `make <args>`, one line each; null where there is no makefile or target. */
export function recipeText(root: string, args: readonly string[]): string | null {
  const directory = valueOf(args, '-C') ?? '.';
  const rules = readMakefile(makefileText(root, directory, valueOf(args, '-f')));
  const flagged = new Set([valueOf(args, '-C'), valueOf(args, '-f'), valueOf(args, '-j')]);
  const named = args.filter((word) => !word.startsWith('-') && !word.includes('=') && !flagged.has(word));
  const first = rules.find(({ targets }) => targets[0]?.startsWith('.') === false)?.targets[0];
  const goals = named.length > 0 ? named : first === undefined ? [] : [first];
  const lines = goals.flatMap((goal) => recipesBehind(rules, goal, new Set()));
  return lines.length === 0 ? null : lines.join('\n');
}

function recipesBehind(rules: readonly Rule[], goal: string, seen: Set<string>): string[] {
  if (seen.has(goal) || seen.size > 200) return [];
  seen.add(goal);
  const own = rules.filter(({ targets }) => targets.includes(goal));
  const before = own.flatMap(({ prerequisites }) =>
    prerequisites.flatMap((name) => recipesBehind(rules, name, seen)),
  );
  return [...before, ...own.flatMap(({ recipe }) => recipe.map(({ text }) => text))];
}

/** Text of the makefile that make would take in `directory`; empty where there is none. */
export function makefileText(root: string, directory: string, name: string | null): string {
  if (isAbsolute(directory) || posix.normalize(directory).startsWith('..')) return '';
  for (const candidate of name === null ? ['GNUmakefile', 'makefile', 'Makefile'] : [name]) {
    if (posix.normalize(candidate).startsWith('..') || isAbsolute(candidate)) continue;
    const text = readText(join(root, directory, candidate));
    if (text !== '') return text;
  }
  return '';
}

function valueOf(args: readonly string[], flag: string): string | null {
  const index = args.findIndex(
    (word) => word === flag || (word.startsWith(flag) && word !== '--' && !word.startsWith('--')),
  );
  const word = args[index];
  if (index < 0 || word === undefined) return null;
  return word === flag ? (args[index + 1] ?? null) : word.slice(flag.length);
}
