import { join } from 'node:path';
import { type Fields, fieldsOf, parseJson, textOf } from './json.ts';
import { readText } from './paths.ts';
import { wordsOf } from './shell-text.ts';

const managers = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type PackageManager = (typeof managers)[number];

export function isManager(name: string | undefined): name is PackageManager {
  return managers.some((manager) => manager === name);
}

export function readManifest(directory: string): Fields | null {
  return fieldsOf(parseJson(readText(join(directory, 'package.json'))));
}

/** Scripts of the package.json in a directory; empty where there is none. */
export function scriptsOf(directory: string): Record<string, string> {
  const scripts = fieldsOf(readManifest(directory)?.scripts);
  return Object.fromEntries(
    Object.entries(scripts ?? {}).flatMap(([name, text]) => {
      const script = textOf(text);
      return script === null ? [] : [[name, script] as const];
    }),
  );
}

export interface ScriptCall {
  manager: PackageManager;
  script: string;
  /** What the call adds to the script. */
  extra: string[];
  /** It runs in other packages than the one of the directory: which, the workspaces tell. */
  elsewhere: boolean;
}

/** Options that choose other packages, and whether a value comes as the next word. */
const choosing: readonly { pattern: RegExp; takesWord: boolean }[] = [
  { pattern: /^(?:-w|-C|-F|--workspace|--filter|--prefix|--dir|--cwd)$/, takesWord: true },
  {
    pattern: /^(?:-ws|-r|--workspaces|--recursive|--(?:workspace|filter|prefix|dir|cwd)=.*)$/,
    takesWord: false,
  },
];

/** `npm test`, `npm run lint -- --fix`, `yarn lint`, `npm test --workspaces`, …; null where the text calls no script. */
export function scriptCall(text: string): ScriptCall | null {
  const words = wordsOf(text);
  while (words[0] !== undefined && /^\w+=/.test(words[0])) words.shift();
  const manager = words[0];
  if (!isManager(manager)) return null;
  const { rest, elsewhere } = withoutOptions(manager, words.slice(1));
  const [verb, name] = rest;
  if (verb === undefined) return null;
  const call = (script: string | undefined, count: number): ScriptCall | null =>
    script === undefined
      ? null
      : { manager, script, extra: rest.slice(count).filter((word) => word !== '--'), elsewhere };
  if (/^(?:run|run-script|rum|urn)$/.test(verb)) return call(name, 2);
  if (verb === 't' || verb === 'tst') return call('test', 1);
  if (verb === 'test' && manager !== 'bun') return call(verb, 1);
  return manager === 'yarn' || manager === 'pnpm' ? call(verb, 1) : null;
}

/** Only npm takes its own options behind the script's name too. */
function withoutOptions(
  manager: PackageManager,
  words: readonly string[],
): { rest: string[]; elsewhere: boolean } {
  const rest: string[] = [];
  let elsewhere = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return { rest: [...rest, ...words.slice(i)], elsewhere };
    const chosen = choosing.find(({ pattern }) => pattern.test(word));
    if (chosen !== undefined && (manager === 'npm' || rest.length === 0)) {
      elsewhere = true;
      if (chosen.takesWord) i++;
    } else if (!word.startsWith('-')) rest.push(word);
  }
  return { rest, elsewhere };
}
