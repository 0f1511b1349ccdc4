import { isCollection, isMap, isNode, isScalar, type Node, parseDocument, visit } from 'yaml';
import { AoError } from '../domain/errors.ts';

/** Says where in the file something is: `path:line:column`. */
export type Place = (offset: number) => string;

export interface ParsedYaml {
  root: Node | null;
  /** Plain values, aliases resolved. */
  value: unknown;
  place: Place;
}

const deepest = 64;

/** Raw control and byte order marks, which nobody sees; as escapes in quoted text they are the schema's affair. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]|\r(?!\n)/;

/** What stops the reading, at an offset of the text. */
class Broken extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** Rejects with `path:line:column: what` where the bytes are no YAML of one document with text as keys. */
export function parseYaml(path: string, bytes: Buffer): ParsedYaml {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const place: Place = (offset) => placeIn(path, text, offset);
  try {
    refuseOddBytes(bytes, text);
    const document = parseDocument(text, {
      prettyErrors: false,
      uniqueKeys: false, // it compares each key with all others: seconds for a file of some thousand; ours is below
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw new Broken(problem.pos[0], problem.message);
    refuseOddNodes(document.contents);
    const value = document.contents === null ? {} : document.toJS({ maxAliasCount: 100 });
    return { root: document.contents, value, place };
  } catch (error) {
    const what = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const sentence = /call stack/.test(what) ? 'this is nested too deeply' : what;
    const offset = error instanceof Broken ? error.offset : 0;
    throw new AoError('config', `${place(offset)}: ${sentence}`, 'Correct the YAML there.');
  }
}

function placeIn(path: string, text: string, offset: number): string {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return `${path}:${line}:${before.length - start + 1}`;
}

function refuseOddBytes(bytes: Buffer, text: string): void {
  const again = Buffer.from(bytes.toString('utf8'));
  if (!again.equals(bytes)) {
    const same = bytes.findIndex((byte, at) => byte !== again[at]);
    const sound = bytes.subarray(0, same < 0 ? bytes.length : same);
    const before = new TextDecoder().decode(sound, { stream: true }); // no byte order mark, no half of a character
    throw new Broken(before.length, 'this is not UTF-8');
  }
  const at = text.search(control);
  if (at >= 0) {
    const code = text.charCodeAt(at).toString(16).padStart(2, '0');
    throw new Broken(at, `a control character (0x${code}) cannot stand here`);
  }
}

function refuseOddNodes(root: Node | null): void {
  const seen = new Map<unknown, Set<unknown>>();
  visit(root, {
    Node: (_key, node, ancestors) => {
      const levels = ancestors.filter((one) => isCollection(one)).length;
      if (levels > deepest) throw new Broken(node.range?.[0] ?? 0, 'this is nested too deeply');
    },
    Pair: (_key, { key }, ancestors) => {
      const map = ancestors.at(-1);
      if (!isMap(map)) return;
      const offset = (isNode(key) ? key.range?.[0] : null) ?? map.range?.[0] ?? 0;
      const name = isScalar(key) && key.value !== null ? String(key.value) : null;
      if (name === null) throw new Broken(offset, 'a key must be text');
      if (name === '__proto__') throw new Broken(offset, 'unknown key "__proto__"'); // objects lose it
      const names = seen.get(map) ?? new Set();
      if (names.has(name)) throw new Broken(offset, 'Map keys must be unique');
      seen.set(map, names.add(name));
    },
  });
}
