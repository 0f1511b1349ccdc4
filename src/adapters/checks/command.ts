import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fieldsOf, parseJson, textOf } from './json.ts';
import { recipeText } from './makefile.ts';
import { readText } from './paths.ts';
import { programOf, quoteArgument, segmentsOf, wordsOf } from './shell-text.ts';

const managers = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type PackageManager = (typeof managers)[number];

/** Scripts of the package.json in a directory; empty where there is none. */
export function scriptsOf(directory: string): Record<string, string> {
  const scripts = fieldsOf(fieldsOf(parseJson(readText(join(directory, 'package.json'))))?.scripts);
  return Object.fromEntries(
    Object.entries(scripts ?? {}).flatMap(([name, text]) => {
      const script = textOf(text);
      return script === null ? [] : [[name, script] as const];
    }),
  );
}

/** By lock file, then by `packageManager`; npm otherwise. */
export function packageManagerOf(directory: string): PackageManager {
  if (existsSync(join(directory, 'pnpm-lock.yaml'))) return 'pnpm';
  if (existsSync(join(directory, 'yarn.lock'))) return 'yarn';
  if (existsSync(join(directory, 'bun.lock')) || existsSync(join(directory, 'bun.lockb'))) return 'bun';
  if (existsSync(join(directory, 'package-lock.json'))) return 'npm';
  const manifest = fieldsOf(parseJson(readText(join(directory, 'package.json'))));
  const named = textOf(manifest?.packageManager)?.split('@')[0];
  return managers.find((name) => name === named) ?? 'npm';
}

/** The command with the project's own indirections replaced by what they stand for, as far as they can be read. */
export function resolveCommand(root: string, command: string, levels = 6): string {
  return resolveWith((text) => resolveSegment(root, text), command, levels);
}

/** The same for scripts of package.json only: what stays is still one sequence of commands. */
export function resolveScripts(root: string, command: string): string {
  const resolve = (text: string): string | null => {
    const call = scriptCall(text);
    return call === null ? null : scriptText(root, call);
  };
  return resolveWith(resolve, command, 6);
}

function resolveWith(resolve: (text: string) => string | null, command: string, levels: number): string {
  if (levels === 0) return command;
  const parts = segmentsOf(command).map(({ text, operator }) => {
    const resolved = resolve(text);
    const inner = resolved === null ? text : resolveWith(resolve, resolved, levels - 1).trim();
    return operator === null ? inner : `${inner} ${operator}`;
  });
  return parts.length === 0 ? command : parts.join(' ');
}

function resolveSegment(root: string, text: string): string | null {
  const script = scriptCall(text);
  if (script !== null) return scriptText(root, script);
  const { name, args } = programOf(text);
  if (/^g?make$/.test(name)) return recipeText(root, args);
  const shell = /^(?:ba|da|z)?sh$/.test(name) ? args.find((word) => !word.startsWith('-')) : wordsOf(text)[0];
  return shell === undefined ? null : shellScript(root, shell);
}

/** The text of a shell script of the project, without comments; null where the word names none. */
function shellScript(root: string, path: string): string | null {
  const normal = posix.normalize(path);
  if (normal.startsWith('/') || normal.startsWith('..') || (!path.includes('/') && !path.endsWith('.sh')))
    return null;
  const text = readText(join(root, normal));
  if (!/^#!.*\b(?:ba|da|z)?sh\b/.test(text) && !normal.endsWith('.sh')) return null;
  return text.slice(0, 20_000).replace(/^\s*#.*$/gm, '');
}

interface ScriptCall {
  manager: PackageManager;
  script: string;
  /** What the call adds to the script. */
  extra: string[];
}

/** `npm test`, `npm run lint -- --fix`, `yarn lint`, …; null where the text calls no script. */
export function scriptCall(text: string): ScriptCall | null {
  const words = wordsOf(text);
  while (words[0] !== undefined && /^\w+=/.test(words[0])) words.shift();
  const manager = managers.find((name) => name === words[0]);
  if (manager === undefined) return null;
  const rest = words.slice(1).filter((word, i, all) => !word.startsWith('-') || all.indexOf('--') < i);
  const [verb, name] = rest;
  if (verb === undefined) return null;
  const after = (count: number): string[] => rest.slice(count).filter((word) => word !== '--');
  if (/^(?:run|run-script|rum|urn)$/.test(verb)) {
    return name === undefined ? null : { manager, script: name, extra: after(2) };
  }
  if (verb === 't' || verb === 'tst') return { manager, script: 'test', extra: after(1) };
  if (verb === 'test' && manager !== 'bun') return { manager, script: verb, extra: after(1) };
  const other = manager === 'yarn' || manager === 'pnpm';
  return other ? { manager, script: verb, extra: after(1) } : null;
}

function scriptText(root: string, { script, extra }: ScriptCall): string | null {
  const scripts = scriptsOf(root);
  const main = scripts[script];
  if (main === undefined) return null;
  const parts = [
    scripts[`pre${script}`],
    [main, ...extra.map(quoteArgument)].join(' '),
    scripts[`post${script}`],
  ];
  return parts.filter((part) => part !== undefined).join(' && ');
}

/**
 * The command with arguments for the tool at its end, directly or behind one `npm run`; null where the tool is not what
 * the arguments would reach.
 */
export function withArguments(
  root: string,
  command: string,
  tool: { is: (program: { name: string; args: string[] }) => boolean; args: readonly string[] },
): string | null {
  const last = segmentsOf(command).at(-1)?.text;
  if (last === undefined || /[<>#`(){}]/.test(last) || command.trimEnd().endsWith('&')) return null;
  const added = tool.args.map(quoteArgument).join(' ');
  const call = scriptCall(last);
  if (call === null) return tool.is(programOf(last)) ? `${command.trimEnd()} ${added}` : null;
  const script = scriptsOf(root)[call.script];
  if (script === undefined || withArguments(root, script, tool) === null) return null;
  const separator = call.manager === 'npm' && !/\s--(?:\s|$)/.test(last) ? '-- ' : '';
  return `${command.trimEnd()} ${separator}${added}`;
}

/** Directories below `root` that a command works in: relative paths in its output may start there. */
export function searchDirectories(root: string, command: string): string[] {
  const resolved = resolveCommand(root, command);
  const named = resolved.matchAll(
    /(?:\bcd|\s-C|\s--prefix|\s--cwd|\s-s|\sdiscover|\s--start-directory)[ =]+([\w./-]+)/g,
  );
  return [...named].flatMap(([, name = '']) => {
    const path = posix.normalize(name).replace(/\/$/, '');
    const usable = !path.startsWith('..') && !path.startsWith('/') && path !== '.';
    return usable && isDirectory(join(root, path)) ? [path] : [];
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
