// Mistakes in one line or two.
import type { Random } from '../../../test/simulation/random.ts';
import { type Breaker, type Kind, texts, valid, validConfig } from './valid-config.ts';

const wrongValues: Record<Kind, readonly [string, ...string[]]> = {
  text: [
    '7',
    '[x]',
    '{ a: b }',
    'true',
    '""',
    '"  "',
    '"a\\0b"',
    '"\\uD800"',
    '~',
    '1.5',
    '!!binary aGVsbG8=',
  ],
  count: ['many', '0.5', '-1', '"4"', '[4]', '1e99', '.nan', '.inf', 'true', '0x', '99999999999999999999'],
  duration: ['soon', '30', '30m#x', '0s', '9999h', '-5m', '1h 1y', '[1h]', '{ h: 1 }', '""', '5 m 3'],
  switch: ['yes', 'maybe', '1', '"true"', '[]', '{}', '~', 'on'],
  choice: ['fil', '7', '[auto]', '""', 'AUTO', 'true', '"auto "'],
  names: ['desktop', '[7]', '[[a]]', '{ a: b }', 'true', '[~]', '[""]'],
  command: ['"claude \'x"', '[]', '[""]', '[7]', '{ run: x }', '""', '7', '["a\\0b"]'],
  checks: [
    'npm test',
    '[a]',
    '{ "a b": x }',
    '{ a: 5 }',
    '{ a: "" }',
    '{ a: { comand: x } }',
    '{ __proto__: x }',
  ],
  group: ['7', 'text', '[1, 2]', 'true', '[]', '"{}"'],
};

const anyLine = (random: Random): number => random.between(0, valid.length - 1);
const nested = valid.flatMap(({ text }, index) => (text.startsWith('  ') ? [index] : []));
const keyOf = (text: string): string => text.trim().split(':')[0] ?? '';

function withLine(at: number, change: (text: string) => string): string[] {
  return texts().map((text, index) => (index === at ? change(text) : text));
}

function indentOf(text: string): string {
  return /^ */.exec(text)?.[0] ?? '';
}

function valueAt(random: Random, value: string): { lines: string[]; line: null; how: string } {
  const at = random.oneOf(valid.flatMap(({ kind }, index) => (kind === 'group' ? [] : [index]))) ?? 0;
  return {
    lines: withLine(at, (text) => `${text.split(': ')[0]}: ${value}`),
    line: null,
    how: `value ${value.slice(0, 40)}`,
  };
}

/** A key that is no key: of letters that none of them has side by side. */
function strangeKey(random: Random): string {
  return `zq${random.hex(random.between(1, 8))}`;
}

export const brokenLines: Record<string, Breaker> = {
  'a value of another type': (random) => {
    const at = anyLine(random);
    const { kind = 'group' } = valid[at] ?? {};
    const value = random.pick(wrongValues[kind]);
    // Behind a group's own value its lines would be a second mistake: they go.
    const deep = indentOf(valid[at]?.text ?? '').length;
    const rest = valid.slice(at + 1).findIndex(({ text }) => indentOf(text).length <= deep);
    const after = kind !== 'group' ? at + 1 : rest < 0 ? valid.length : at + 1 + rest;
    const lines = texts();
    lines.splice(at, after - at, `${valid[at]?.text.split(':')[0]}: ${value}`);
    return { lines, line: at + 1, how: `${keyOf(valid[at]?.text ?? '')}: ${value}` };
  },
  'an unknown key': (random) => {
    const at = random.between(1, valid.length - 1);
    const siblings = valid.flatMap(({ text }, index) =>
      /^ {2}(?! )\w+: \S/.test(text) && index > 10 ? [index] : [],
    );
    const chosen = random.oneOf(siblings) ?? at;
    const lines = texts();
    lines.splice(
      chosen,
      0,
      `${indentOf(valid[chosen]?.text ?? '')}${strangeKey(random)}: ${random.pick(['1', 'x', '{}', '[]'])}`,
    );
    return { lines, line: chosen + 1 };
  },
  'a misspelt key': (random) => {
    const named = valid.flatMap(({ text }, index) => (/my-app:|ci-failed:/.test(text) ? [] : [index]));
    const at = random.oneOf(named) ?? 0;
    const letter = random.between(1, keyOf(valid[at]?.text ?? '').length - 1);
    const misspell = (text: string): string => {
      const start = indentOf(text).length + letter;
      return `${text.slice(0, start)}${text[start]}x${text.slice(start + 1)}`;
    };
    return { lines: withLine(at, misspell), line: at + 1 };
  },
  'a key twice': (random) => {
    const at = random.oneOf(valid.flatMap(({ kind }, index) => (kind === 'group' ? [] : [index]))) ?? 0;
    const lines = texts();
    lines.splice(at + 1, 0, valid[at]?.text ?? '');
    return { lines, line: at + 2 };
  },
  'tabs for spaces': (random) => {
    const at = random.oneOf(nested) ?? 0;
    return { lines: withLine(at, (text) => `\t${text.trimStart()}`), line: null };
  },
  'one space too few': (random) => {
    const second = nested.filter(
      (index) => indentOf(valid[index - 1]?.text ?? '') === indentOf(valid[index]?.text ?? ''),
    );
    const at = random.oneOf(second) ?? 0;
    return { lines: withLine(at, (text) => text.slice(1)), line: null };
  },
  'a line that is too deep': (random) => {
    const behindValue = nested.filter((index) => valid[index - 1]?.kind !== 'group');
    const at = random.oneOf(behindValue) ?? 0;
    return { lines: withLine(at, (text) => ' '.repeat(random.between(1, 9)) + text), line: null };
  },
  'something that is not closed': (random) =>
    valueAt(
      random,
      random.pick(['"abc', "'abc", '[a, b', '{ a: b', '[a, "b]', '{ a: [1, 2 }', '"\\', '[', '{', '"']),
    ),
  'an end in the middle': (random) => {
    const openings = [...validConfig.matchAll(/[[{"]/g)].map(({ index }) => index);
    const opening = random.oneOf(openings) ?? 0;
    const closing = validConfig.slice(opening + 1).search(/[\]}"]/) + opening + 1;
    return { lines: Buffer.from(validConfig.slice(0, random.between(opening + 1, closing))), line: null };
  },
  'characters with a meaning': (random) =>
    valueAt(
      random,
      random.pick([
        '*nowhere',
        '@at',
        '`tick',
        '%x',
        '|9 x',
        '> x\n y',
        '&a &b c',
        '!<',
        ']',
        '}',
        ', a',
        '- - : -',
      ]),
    ),
  'a tag': (random) =>
    valueAt(
      random,
      random.pick([
        '!!js/function "x"',
        '!foo bar',
        '!!python/object:os.system x',
        '!<tag:x> y',
        '!!set { a }',
      ]),
    ),
  'a missing space': (random) => {
    const at =
      random.oneOf(valid.flatMap(({ text }, index) => (/^ *\w+: \w+$/.test(text) ? [index] : []))) ?? 0;
    return { lines: withLine(at, (text) => text.replace(': ', ':')), line: null };
  },
  'no colon': (random) => {
    const at = random.oneOf(valid.flatMap(({ kind }, index) => (kind === 'group' ? [index] : []))) ?? 0;
    return { lines: withLine(at, (text) => text.replace(':', '')), line: null };
  },
  'a missing path': (random) => ({
    lines: [...texts().filter((text) => !text.includes('path:')), `# ${random.hex(4)}`],
    line: null,
  }),
};
