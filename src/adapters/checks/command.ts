import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { workspacePackages } from '../../lib/workspace-packages.ts';
import { textOf } from './json.ts';
import { recipeText } from './makefile.ts';
import {
  isManager,
  type PackageManager,
  readManifest,
  type ScriptCall,
  scriptCall,
  scriptsOf,
} from './package-scripts.ts';
import { readText } from './paths.ts';
import { programOf, quoteArgument, segmentsOf, wordsOf } from './shell-text.ts';

/** By lock file, then by `packageManager`; npm otherwise. */
export function packageManagerOf(directory: string): PackageManager {
  if (existsSync(join(directory, 'pnpm-lock.yaml'))) return 'pnpm';
  if (existsSync(join(directory, 'yarn.lock'))) return 'yarn';
  if (existsSync(join(directory, 'bun.lock')) || existsSync(join(directory, 'bun.lockb'))) return 'bun';
  if (existsSync(join(directory, 'package-lock.json'))) return 'npm';
  const named = textOf(readManifest(directory)?.packageManager)?.split('@')[0];
  return isManager(named) ? named : 'npm';
}

/** The command with the project's own indirections replaced by what they stand for, as far as they can be read. */
export function resolveCommand(root: string, command: string, levels = 6): string {
  const resolve = (text: string, left: number): Resolved | null => {
    const call = scriptCall(text);
    const inner = call?.elsewhere ? packagesText(root, call, left) : resolveSegment(root, text);
    return inner === null ? null : { text: inner, done: call?.elsewhere === true };
  };
  return resolveWith(resolve, command, levels);
}

/** The same for scripts of package.json only: what stays is still one sequence of commands. */
export function resolveScripts(root: string, command: string): string {
  const resolve = (text: string): Resolved | null => {
    const call = scriptCall(text);
    const script = call === null || call.elsewhere ? null : scriptText(root, call);
    return script === null ? null : { text: script, done: false };
  };
  return resolveWith(resolve, command, 6);
}

interface Resolved {
  text: string;
  /** Nothing in it is to be resolved here. */
  done: boolean;
}

type Resolve = (text: string, levels: number) => Resolved | null;

function resolveWith(resolve: Resolve, command: string, levels: number): string {
  if (levels === 0) return command;
  const parts = segmentsOf(command).map(({ text, operator }) => {
    const resolved = resolve(text, levels - 1) ?? { text, done: true };
    const inner = resolved.done ? resolved.text : resolveWith(resolve, resolved.text, levels - 1).trim();
    return operator === null ? inner : `${inner} ${operator}`;
  });
  return parts.length === 0 ? command : parts.join(' ');
}

const mostPackages = 200;

/** The script of each package that has it, one after another: a failure of one does not keep others from running. */
function packagesText(root: string, call: ScriptCall, levels: number): string | null {
  const texts = workspacePackages(root)
    .slice(0, mostPackages)
    .flatMap((directory) => {
      const text = scriptText(join(root, directory), call);
      return text === null ? [] : [`cd ${directory}; ${resolveCommand(join(root, directory), text, levels)}`];
    });
  return texts.length === 0 ? null : texts.join('; ');
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
  const strict = /^#!.*\s-\w*e/.test(text) ? 'set -e\n' : '';
  return strict + text.slice(0, 20_000).replace(/^\s*#.*$/gm, '');
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

interface Tool {
  is: (program: { name: string; args: string[] }) => boolean;
  args: readonly string[];
}

/**
 * The command with arguments for the tool at its end, directly or behind one `npm run`; null where the tool is not what
 * the arguments would reach.
 */
export function withArguments(root: string, command: string, tool: Tool): string | null {
  return reaches(root, command, { ...tool, levels: 6 });
}

function reaches(root: string, command: string, tool: Tool & { levels: number }): string | null {
  const last = segmentsOf(command).at(-1)?.text;
  if (last === undefined || /[<>#`(){}]/.test(last) || command.trimEnd().endsWith('&')) return null;
  const added = tool.args.map(quoteArgument).join(' ');
  const call = scriptCall(last);
  if (call === null) return tool.is(programOf(last)) ? `${command.trimEnd()} ${added}` : null;
  const script = scriptsOf(root)[call.script];
  const levels = tool.levels - 1;
  if (script === undefined || call.elsewhere || levels === 0) return null;
  if (reaches(root, script, { ...tool, levels }) === null) return null;
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
