// npm run test:kill -- [--points N] [--from F]: the real daemon dies at N of its write points, spread over a run from the
// F-th on; 100 by default, from the first.
// npm run test:kill -- --control [--points N]: the same without the intent row of a landing, until a rule is broken.
import { parseArgs } from 'node:util';
import { countPoints, killAt } from '../test/faults/kill-point.ts';
import { withoutStrace } from '../test/faults/traced-daemon.ts';
import { copyVersion, noIntent } from '../test/faults/version.ts';

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    control: { type: 'boolean', default: false },
  },
});
const points = Number(values.points);
const control = values.control;
const missing = withoutStrace();
if (missing !== null) {
  console.error(`test:kill: not possible here: ${missing}`);
  process.exit(1);
}
const version = copyVersion(control ? noIntent : null);
try {
  process.exitCode = (await killAtAll()) ? 0 : 1;
} finally {
  version.remove();
}

async function killAtAll(): Promise<boolean> {
  const all = await countPoints(version);
  console.log(`one run has ${all} points`);
  const [ready, broken]: [number[], number[]] = [[], []];
  const first = Number(values.from);
  let killed = 0;
  for (let index = 0; index < points; index += 1) {
    const at = first + Math.floor((index * Math.max(1, all - first)) / points);
    const result = await killAt(version, at);
    if (result.killed) killed += 1;
    if (result.readyMs !== null) ready.push(result.readyMs);
    if (result.violations.length > 0) broken.push(at);
    for (const violation of result.violations) console.log(`point ${at}: ${violation}`);
    if (control && broken.length > 0) break;
  }
  const sorted = ready.toSorted((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
  console.log(
    `${killed} kills, restart to ready p95 ${Math.round(p95)} ms, points with violations: ${broken.join(' ') || 'none'}`,
  );
  return control ? broken.length > 0 : broken.length === 0 && killed > 0;
}
