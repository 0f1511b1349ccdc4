import { Random } from '../simulation/random.ts';

/**
 * System calls that may change something outside the daemon's memory. The first ones are the database's and its one
 * thread's, like `clone`, which starts git, checks and agents. The others are of files and made by a pool of threads, of
 * which the one that comes so far first is hit; with `write` threads also wake each other, so that what one has done is
 * not known to the others yet.
 */
export const calls = [
  'pwrite64',
  'fsync',
  'fdatasync',
  'clone',
  'vfork',
  'mkdir',
  'rename',
  'rmdir',
  'unlink',
  'write',
] as const;

export type Call = (typeof calls)[number];

/** One death: of a daemon, as a thread of it makes this call for the `at`-th time. */
export interface Kill {
  call: Call;
  at: number;
}

/** Calls of a whole run, of the thread that makes the most. */
export type Counts = Record<Call, number>;

const killsPerRun = 8;

/**
 * The deaths of one run, one daemon after the other, from a seed. A daemon comes an eighth of a run far on average, and
 * does again what the one before had begun: the deaths are spread over all of the run.
 */
export function killsOf(seed: number, perRun: Counts): Kill[] {
  const random = new Random(seed);
  const made = calls.filter((call) => perRun[call] > 0);
  return Array.from({ length: killsPerRun }, () => {
    const call = random.oneOf(made) ?? 'write';
    return { call, at: random.between(1, 1 + Math.ceil(perRun[call] / 4)) };
  });
}

/** As one types it: `pwrite64:40,rename:3`. */
export function describeKills(kills: readonly Kill[]): string {
  return kills.map(({ call, at }) => `${call}:${at}`).join(',');
}

export function parseKills(text: string): Kill[] {
  return text.split(',').map((part) => {
    const [name, at] = part.split(':');
    const call = calls.find((one) => one === name);
    if (call === undefined || !/^[1-9]\d*$/.test(at ?? '')) {
      throw new Error(`${part} is no kill: write one of ${calls.join(', ')}, a colon and a number`);
    }
    return { call, at: Number(at) };
  });
}
