// npm run bench -- startup: how long the shortest commands take, as multiples of `node -e 0` of the pinned Node, side by side.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = 15;
const ao = join(import.meta.dirname, '../ao');
const home = mkdtempSync(join(tmpdir(), 'ao-bench-'));
const env = { ...process.env, AO_HOME: home };

interface Case {
  name: string;
  argv: [string, ...string[]];
  /** Most that it may take, as a multiple of the first. */
  most: number | null;
}

const cases: readonly Case[] = [
  { name: 'node -e 0', argv: [process.execPath, '-e', '0'], most: null },
  { name: 'ao --version', argv: [ao, '--version'], most: 2 },
  { name: 'ao list, daemon running', argv: [ao, 'list'], most: 4 },
];

function run([program, ...args]: Case['argv']): number {
  const started = performance.now();
  const { status } = spawnSync(program, args, { env, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One round after another: what disturbs the machine disturbs all of them. */
function measure(): number[] {
  const times = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { argv }] of cases.entries()) times[index]?.push(run(argv));
  }
  return times.map(median);
}

/** False where one takes longer than it may. */
function report(medians: readonly number[]): boolean {
  const [bare = Number.NaN] = medians;
  const model = cpus()[0]?.model ?? 'unknown processor';
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${model}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  console.log(`medians of ${rounds} rounds\n`);
  console.log('| what | ms | ÷ node -e 0 | must reach |\n|---|---|---|---|');
  const good = cases.map(({ name, most }, index) => {
    const time = medians[index] ?? Number.NaN;
    const ratio = time / bare;
    console.log(
      `| ${name} | ${time.toFixed(1)} | ${ratio.toFixed(2)} | ${most === null ? '' : `≤ ${most.toFixed(1)}`} |`,
    );
    return most === null || ratio <= most;
  });
  return good.every(Boolean);
}

try {
  run([ao, 'daemon', 'start']);
  for (const { argv } of cases) run(argv); // the compile cache is filled
  if (!report(measure())) process.exitCode = 1;
} finally {
  run([ao, 'daemon', 'stop']);
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
