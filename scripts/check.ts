// npm run check: everything that can be said about the code without running the product.
// Each step runs even when an earlier one failed, so that one run shows all there is to mend.
import { spawnSync } from 'node:child_process';

const steps: Array<[name: string, ...command: string[]]> = [
  ['format', 'biome', 'format'],
  ['lint', 'oxlint', '--deny-warnings'],
  ['types', 'tsc', '--noEmit'],
  ['package', 'tsc', '--project', 'tsconfig.build.json', '--noEmit'],
  ['layers', 'node', '--test', '--test-reporter=dot', 'test/architecture.test.ts'],
  ['unused', 'knip', '--no-progress'],
];

const outcomes = steps.map(([name, command, ...rest]) => {
  const started = performance.now();
  const { status } = spawnSync(command ?? '', rest, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return { ok: status === 0, line: `${status === 0 ? 'ok  ' : 'FAIL'} ${name} ${seconds} s` };
});

console.log(`\n${outcomes.map((outcome) => outcome.line).join('\n')}`);
process.exit(outcomes.every((outcome) => outcome.ok) ? 0 : 1);
