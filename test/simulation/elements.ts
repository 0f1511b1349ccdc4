import { AoError } from '../../src/domain/errors.ts';
import { Random } from './random.ts';

const HOUR = 3_600_000;

const written = ['rows', 'git', 'files'] as const;
type Written = (typeof written)[number];

/**
 * What nobody in a world decides: spells in which the disk takes nothing, jumps of the wall clock, want of memory. They have a chance of
 * their own, so that the worlds without them are the same as if there were no such things.
 */
export class Elements {
  /** How often there is room for one more agent. */
  readonly #memory: number;
  /** Whether agents are talked to, and when they take messages. */
  readonly dialog: { whileBusy: 'inject' | 'queue' | null } | null;
  /** What those do with conversations of before. */
  readonly takesUp: 'anywhere' | 'in_place' | null;
  readonly #oblivion: Random;
  readonly #jumps: { at: number; by: number }[];
  readonly #spells: { from: number; to: number; refused: readonly Written[] }[];

  constructor(seed: number) {
    const random = new Random(seed ^ 0x5bd1_e995);
    const times = (count: number, span: number): number[] =>
      Array.from({ length: count }, () => random.between(0, span));
    this.#jumps = times(random.pick([0, 0, 1, 3]), 60_000).map((at) => ({
      at,
      by: random.pick([-HOUR, HOUR, 300]),
    }));
    this.#spells = times(random.pick([0, 0, 1, 4]), 15_000).map((from) => ({
      from,
      to: from + random.between(1, random.pick([50, 500, 5_000])),
      // What is small enough still finds its place.
      refused: random.pick([written, written, ['rows'], ['git'], ['files']]),
    }));
    this.#memory = random.pick([0.9, 0.9, 0.5]);
    this.dialog = random.chance(0.4) ? { whileBusy: random.pick(['inject', 'queue', null]) } : null;
    this.#oblivion = new Random(seed ^ 0x27d4_eb2f);
    this.takesUp = this.#oblivion.pick(['anywhere', 'in_place', null]);
  }

  /** A conversation of before is gone. */
  forgets(): boolean {
    return this.#oblivion.chance(0.2);
  }

  hasMemory(random: Random): boolean {
    return random.chance(this.#memory);
  }

  /** What a wall clock shows too much after so many milliseconds. */
  offset(elapsed: number): number {
    return this.#jumps.reduce((sum, { at, by }) => (at <= elapsed ? sum + by : sum), 0);
  }

  get hasSpells(): boolean {
    return this.#spells.length > 0;
  }

  isFull(elapsed: number): boolean {
    return this.#spells.some(({ from, to }) => from <= elapsed && elapsed < to);
  }

  refuses(what: Written, elapsed: number): boolean {
    return this.#spells.some(
      ({ from, to, refused }) => from <= elapsed && elapsed < to && refused.includes(what),
    );
  }
}

/** As the real parts report it: the database, git, and files. */
export const fullDisk = {
  rows: () => wrapped('the database cannot be written', { errcode: 13 }),
  git: () => wrapped('git: unable to write', { name: 'GitError' }),
  files: () => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }),
};

function wrapped(message: string, facts: Record<string, unknown>): AoError {
  const cause = Object.assign(new Error(`${message}: No space left on device`), facts);
  return new AoError('failed', cause.message, null, { cause });
}
