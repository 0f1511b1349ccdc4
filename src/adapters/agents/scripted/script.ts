import { readFileSync } from 'node:fs';

/** What the scripted agent does, one step after the other; the first failing step ends it with status 1. */
export type Step =
  | { say: string }
  /** The first occurrence of `from`; it must be there, unless `optional`. */
  | { replace: { file: string; from: string; to: string; optional?: boolean } }
  | { write: { file: string; text: string } }
  | { append: { file: string; text: string } }
  | { delete: string }
  /** Must end with status 0, unless `optional`. */
  | { run: string[]; optional?: boolean }
  | { commit: string }
  /** Milliseconds. */
  | { wait: number }
  | { exit: number }
  /** Ends itself with this signal. */
  | { crash: string }
  | { hang: true; ignoreTerm?: boolean }
  /** So many bytes of output in lines. */
  | { flood: number }
  /** Starts a program in a session of its own that outlives the agent. */
  | { spawn: string[] };

/** All conditions that are given must hold. Regular expressions are those of JavaScript, without flags. */
export interface Match {
  /** Found in the title, file or id of one of the task's findings. */
  finding?: string;
  /** Found in the task's text before its first fenced block. */
  title?: string;
  attempt?: number | number[];
}

export interface Script {
  /** The first rule that matches counts. */
  rules: { match: Match; steps: Step[] }[];
  otherwise: Step[] | null;
}

/** Reads and checks a script; throws an Error that names the file and the place in it. */
export function loadScript(path: string): Script {
  try {
    return parseScript(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function parseScript(text: string): Script {
  const root = object(JSON.parse(text), 'the script', ['rules', 'otherwise']);
  const rules = list(root['rules'] ?? [], 'rules').map((value, index) => {
    const rule = object(value, `rules[${index}]`, ['match', 'steps']);
    return {
      match: parseMatch(rule['match'] ?? {}, `rules[${index}].match`),
      steps: parseSteps(rule['steps'], `rules[${index}].steps`),
    };
  });
  const otherwise = root['otherwise'];
  return { rules, otherwise: otherwise === undefined ? null : parseSteps(otherwise, 'otherwise') };
}

function parseMatch(value: unknown, at: string): Match {
  const fields = object(value, at, ['finding', 'title', 'attempt']);
  for (const name of ['finding', 'title']) {
    const pattern = fields[name];
    if (pattern !== undefined) regularExpression(pattern, `${at}.${name}`);
  }
  for (const attempt of [fields['attempt'] ?? 1].flat()) number(attempt, `${at}.attempt`);
  return fields;
}

/** How the value of each kind of step is checked, and what may stand beside it. */
const stepKinds: Record<string, { check: (value: unknown, at: string) => void; beside?: string }> = {
  say: { check: string },
  replace: { check: (value, at) => strings(value, at, ['file', 'from', 'to'], ['optional']) },
  write: { check: (value, at) => strings(value, at, ['file', 'text']) },
  append: { check: (value, at) => strings(value, at, ['file', 'text']) },
  delete: { check: string },
  run: { check: argv, beside: 'optional' },
  commit: { check: string },
  wait: { check: number },
  exit: { check: number },
  crash: { check: string },
  hang: { check: (value, at) => value === true || fail(at, 'must be true'), beside: 'ignoreTerm' },
  flood: { check: number },
  spawn: { check: argv },
};

function parseSteps(value: unknown, at: string): Step[] {
  return list(value, at).map((step, index) => {
    const place = `${at}[${index}]`;
    const fields = object(step, place);
    const names = Object.keys(fields);
    const kinds = names.filter((name) => stepKinds[name]);
    const name = kinds[0];
    const kind = name === undefined ? undefined : stepKinds[name];
    if (!name || !kind || kinds.length > 1) {
      return fail(
        place,
        `must have exactly one of ${Object.keys(stepKinds).join(', ')}; it has ${names.join(', ') || 'nothing'}`,
      );
    }
    kind.check(fields[name], `${place}.${name}`);
    for (const other of names) {
      if (other !== name && other !== kind.beside) fail(place, `does not know "${other}" beside "${name}"`);
    }
    return step as Step;
  });
}

function fail(at: string, problem: string): never {
  throw new Error(`${at} ${problem}`);
}

function object(value: unknown, at: string, known?: string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(at, 'must be an object');
  const unknown = known && Object.keys(value).find((name) => !known.includes(name));
  if (unknown) fail(at, `does not know "${unknown}"; it knows ${known.join(', ')}`);
  return value as Record<string, unknown>;
}

function list(value: unknown, at: string): unknown[] {
  return Array.isArray(value) ? value : fail(at, 'must be a list');
}

function string(value: unknown, at: string): void {
  if (typeof value !== 'string') fail(at, 'must be a string');
}

function number(value: unknown, at: string): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) fail(at, 'must be a whole number');
}

function strings(value: unknown, at: string, names: string[], optional: string[] = []): void {
  const fields = object(value, at, [...names, ...optional]);
  for (const name of names) string(fields[name], `${at}.${name}`);
}

function argv(value: unknown, at: string): void {
  const words = list(value, at);
  if (words.length === 0) fail(at, 'must name a program');
  words.forEach((word, index) => string(word, `${at}[${index}]`));
}

function regularExpression(value: unknown, at: string): void {
  string(value, at);
  try {
    RegExp(String(value));
  } catch (error) {
    fail(at, `is not a regular expression: ${error instanceof Error ? error.message : ''}`);
  }
}
