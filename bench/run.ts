// npm run bench [-- NAME...]: all benchmarks, or the named ones, one after another. Ends with 1 where a figure is short.
// `simulation`, `kills`, `files` and `input` take long and run only where they are named.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const names = ['startup', 'fleet', 'queue', 'workspace', 'idle', 'latency', 'begin', 'store', 'parsing'];
const long = ['simulation', 'kills', 'files', 'input'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => ![...names, ...long].includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}. Choose of: ${[...names, ...long].join(', ')}`);
  process.exit(2);
}
for (const name of wanted.length === 0 ? names : wanted) {
  console.log(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
