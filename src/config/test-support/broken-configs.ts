// Configuration files that are broken in ways that their maker knows.
import { Random } from '../../../test/simulation/random.ts';
import { brokenLines } from './broken-lines.ts';
import { type Breaker, texts, valid, validConfig } from './valid-config.ts';

export interface BrokenConfig {
  /** How it was broken. */
  how: string;
  bytes: Buffer;
  /** Line that has to be named, null where several would do. */
  line: number | null;
}

function insertedBytes(random: Random, bytes: readonly number[]): Buffer {
  const whole = Buffer.from(validConfig);
  const at = random.between(0, whole.length);
  return Buffer.concat([whole.subarray(0, at), Buffer.from(bytes), whole.subarray(at)]);
}

const brokenFiles: Record<string, Breaker> = {
  'a bomb of aliases': (random) => {
    const wide = random.between(9, 12);
    const levels = Array.from(
      { length: random.between(8, 12) },
      (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(wide)}]`,
    );
    return { lines: ['l0: &l0 [x]', ...levels], line: null };
  },
  'an alias to itself': (random) => ({
    lines: [
      random.pick([
        'fix: &a { checks: *a }',
        'projects: &a { x: *a }',
        'fix: &a [*a]',
        'power: &a { *a : 1 }',
        '&a port: *a',
      ]),
    ],
    line: 1,
  }),
  'a merge key': (random) => ({
    lines: ['defaults: &a { runtime: tmux }', random.pick(['fix:', 'power:']), '  <<: *a'],
    line: null,
  }),
  'no map': (random) => ({
    lines: [
      random.pick([
        '- a',
        'text',
        '7',
        '"quoted"',
        '[]',
        'true',
        '- port: 1',
        '!!map []',
        '? a',
        '|\n port: 1',
      ]),
    ],
    line: null,
  }),
  'a key that is no text': (random) => ({
    lines: [...texts(), random.pick(['? [a, b]\n: c', '{ a: 1 }: x', '~: x', '? ? a', '[x]: y', ': x'])],
    line: null,
  }),
  'several documents': (random) => ({
    lines: [...texts(), random.pick(['---', '...\n---\nport: 1', '--- {}', '---\n---'])],
    line: null,
  }),
  'a directive': (random) => ({
    lines: [random.pick(['%YAML 3.0', '%TAG x', '%NOPE', '%YAML', '%']), '---', ...texts()],
    line: null,
  }),
  'invalid UTF-8': (random) => ({
    lines: insertedBytes(
      random,
      random.pick([
        [0xff],
        [0xfe, 0xfe],
        [0xc3, 0x28],
        [0xc0, 0xaf],
        [0xed, 0xa0, 0x80],
        [0xf5, 0x80, 0x80, 0x80],
        [0x80],
      ]),
    ),
    line: null,
  }),
  'control characters': (random) => ({
    lines: insertedBytes(
      random,
      random.pick([
        [0],
        [1],
        [8],
        [0x0c],
        [0x1b, 0x5b, 0x32, 0x4a],
        [0x7f],
        [0xc2, 0x9b],
        [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf],
      ]),
    ),
    line: null,
  }),
  'another encoding': (random) => ({
    lines: Buffer.from(`${random.pick(['', '\ufeff'])}${validConfig}`, 'utf16le').subarray(
      random.between(0, 1),
    ),
    line: null,
  }),
  'random bytes': (random) => ({
    lines: Buffer.from([
      0xff,
      ...Array.from({ length: random.between(1, 3000) }, () => random.between(0, 255)),
    ]),
    line: null,
  }),
  'deep nesting': (random) => {
    const deep = random.pick([100, 300, 1000, 4000]);
    const open = random.pick(['[', '{ a: ', '- ', '? ', '[{ a: ']);
    const value =
      open.trimEnd() === open || open.includes('{') ? open.repeat(deep) : `\n  ${open.repeat(deep)}`;
    return { lines: [...texts(), `zq: ${value}`], line: null, how: `${deep} × ${open}` };
  },
  'deep indentation': (random) => ({
    lines: Array.from({ length: random.pick([70, 150, 400]) }, (_, at) => `${' '.repeat(at)}a:`),
    line: null,
  }),
  'many keys': (random) => ({
    lines: Array.from({ length: random.pick([100, 300, 3000]) }, (_, at) => `k${at}: ${at}`),
    line: 1,
  }),
  'too much of it': (random) => ({
    lines: Buffer.concat([
      Buffer.from(validConfig),
      Buffer.alloc(random.between(300_000, 3_000_000), '# more\n'),
    ]),
    line: 1,
  }),
  'a long line': (random) => ({
    lines: [
      ...texts(),
      `zq: ${random.pick(['x', '"', '[', '\\', 'é', '\u{1f680}']).repeat(random.between(2000, 20_000))}`,
    ],
    line: valid.length + 1,
  }),
};

/** `count` of them, all ways of breaking in turn, always the same ones. */
export function* brokenConfigs(count: number): Generator<BrokenConfig> {
  const ways = Object.entries({ ...brokenLines, ...brokenFiles });
  for (let index = 0; index < count; index += 1) {
    const [name, breaker] = ways[index % ways.length] ?? ['', undefined];
    const made = breaker?.(new Random(index + 1));
    if (made === undefined) return;
    const bytes = Buffer.isBuffer(made.lines) ? made.lines : Buffer.from(`${made.lines.join('\n')}\n`);
    yield {
      how: `${index}: ${name}${made.how === undefined ? '' : ` (${made.how})`}`,
      bytes,
      line: made.line,
    };
  }
}
