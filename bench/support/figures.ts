import { availableParallelism, cpus, loadavg } from 'node:os';

/** One line of a table: what was measured, and what it must reach. */
export interface Figure {
  what: string;
  value: number;
  /** What the value was made of, in words. */
  made: string;
  most?: number;
  least?: number;
  /** Digits behind the point. */
  digits?: number;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

/** Date, machine and load, without which no figure means anything. */
export function heading(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${model}, ${availableParallelism()} cores, load ${load}, Node ${process.version}`;
}

/** Prints the table of one benchmark; the process ends with 1 where one figure is not what it must be. */
export function report(figures: readonly Figure[]): void {
  console.log(`${heading()}\n\n| what | figure | made of | must reach |\n|---|---|---|---|`);
  for (const { what, value, made, most, least, digits = 2 } of figures) {
    const good = value <= (most ?? Number.POSITIVE_INFINITY) && value >= (least ?? Number.NEGATIVE_INFINITY);
    const limit = most === undefined ? (least === undefined ? '' : `≥ ${least}`) : `≤ ${most}`;
    console.log(`| ${what} | ${value.toFixed(digits)}${good ? '' : ' (short)'} | ${made} | ${limit} |`);
    if (!good) process.exitCode = 1;
  }
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
