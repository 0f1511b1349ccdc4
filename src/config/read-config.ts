import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import type { z } from 'zod';
import { AoError } from '../domain/errors.ts';
import { closest } from '../lib/closest.ts';
import { plainLine } from '../domain/plain-text.ts';
import { parseYaml } from './parse-yaml.ts';
import { type Config, configSchema } from './schema.ts';

export interface ConfigFile {
  path: string;
  config: Config;
  /** Where the value of a key stands: `path:line:column`. */
  place(path: readonly string[]): string;
}

const names = ['agent-orchestrator.yaml', 'agent-orchestrator.yml'];
/** A second of reading at the worst, in which the daemon does nothing else. */
const mostBytes = 256_000;
/** More of them help nobody, and a generated file may have a hundred thousand. */
const mostProblems = 20;
const mostLetters = 300;

/** `AO_CONFIG` relative to `folder`, else the nearest file from `folder` upwards, else one in the data directory. */
export function findConfig(folder: string, named: string | undefined, home: string): string | null {
  if (named) {
    const path = resolve(folder, named);
    if (isFile(path)) return path;
    throw new AoError(
      'config',
      `AO_CONFIG names ${path}, which is not a file`,
      'Correct AO_CONFIG, or unset it.',
    );
  }
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = names.map((name) => join(at, name)).find(isFile);
    if (found !== undefined) return found;
    if (at === dirname(at)) break;
  }
  return names.map((name) => join(home, name)).find(isFile) ?? null;
}

/** A path that cannot even be asked about (a loop of links, a name too long) leads to no file. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

/** Reads and checks a configuration file. Rejects with all that is wrong, each as `file:line:column: what`. */
export function readConfig(path: string): ConfigFile {
  const { root, value, place } = parseYaml(path, readBytes(path));
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return { path, config: parsed.data, place: (keys) => place(offsetOf(root, keys)) };
  const { issues } = parsed.error;
  const problems = issues.slice(0, mostProblems).flatMap((issue) => describeIssue(issue, root));
  const lines = problems
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, mostProblems)
    .map((it) => `${place(it.offset)}: ${plainLine(it.what, mostLetters)}`);
  const hint = 'Correct the file there. "ao schema" prints all keys.';
  const more = issues.length > mostProblems || problems.length > mostProblems;
  throw new AoError('config', lines.join('\n'), more ? `There is more. ${hint}` : hint);
}

function readBytes(path: string): Buffer {
  try {
    if (statSync(path).size > mostBytes) throw new Error(`it is larger than ${mostBytes / 1000} kB`);
    return readFileSync(path);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const hint = 'Make the file readable, or remove it.';
    throw new AoError('config', `${path}:1:1: it cannot be read: ${detail}`, hint);
  }
}

type Issue = z.core.$ZodIssue;

interface Problem {
  offset: number;
  what: string;
}

function describeIssue(issue: Issue, root: Node | null): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    return issue.keys.slice(0, mostProblems + 1).map((key) => {
      const near = key.length > mostLetters ? null : closest(key, known);
      const what = `unknown key "${key}"${near === null ? '' : `; did you mean "${near}"?`}`;
      return { offset: offsetOf(root, issue.path, key), what };
    });
  }
  if (issue.code === 'invalid_key') {
    const offset = offsetOf(root, issue.path.slice(0, -1), String(issue.path.at(-1)));
    return [{ offset, what: issue.issues[0]?.message ?? issue.message }];
  }
  const name = issue.path.map(String).join('.');
  return [
    { offset: offsetOf(root, issue.path), what: `${name === '' ? '' : `${name}: `}${sentence(issue)}` },
  ];
}

function sentence(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
  return firstLine(issue.message.replace(/^Invalid (input|option): /, ''));
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.trim() ?? message;
}

/** Where the value at `path` stands in the text, or its key `key`; the nearest one that is there. */
function offsetOf(root: Node | null, path: readonly PropertyKey[], key?: string): number {
  let offset = root?.range?.[0] ?? 0;
  let node: unknown = root;
  for (const step of [...path, ...(key === undefined ? [] : [key])]) {
    const pair = pairOf(node, String(step));
    if (pair === null) return offset;
    const named = key !== undefined && step === key;
    offset = (named ? startOf(pair.key) : startOf(pair.value)) ?? startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return offset;
}

function pairOf(node: unknown, step: string): { key: unknown; value: unknown } | null {
  if (isMap(node)) return node.items.find(({ key }) => isScalar(key) && String(key.value) === step) ?? null;
  return isSeq(node) ? { key: null, value: node.items[Number(step)] } : null;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

/** Keys that the schema knows at `path`, for "did you mean". */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configSchema;
  for (const step of path) schema = childSchema(unwrap(schema), step);
  const shape = fieldOf(unwrap(schema), 'shape');
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

function childSchema(schema: unknown, step: PropertyKey): unknown {
  const shape = fieldOf(schema, 'shape');
  return shape === undefined ? fieldOf(schema, 'valueType') : fieldOf(shape, step);
}

function unwrap(schema: unknown): unknown {
  const inner = fieldOf(fieldOf(schema, 'def'), 'innerType');
  return inner === undefined ? schema : unwrap(inner);
}

function fieldOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
