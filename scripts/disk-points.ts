// npm run test:disk -- [--points N] [--seed S]: the real daemon on a disk that fails at N points of a run (writes, syncs, making
// and removing files; EIO and ENOSPC; once and in spells). A point that breaks a rule is printed as its seed.
import { describeFault, faultOf, runWithFault } from '../test/faults/disk-faults.ts';
import { withoutStrace } from '../test/faults/traced-daemon.ts';
import { copyVersion } from '../test/faults/version.ts';
import { countOf, readOptions } from './options.ts';

const { values } = readOptions({
  options: { points: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const [points, first] = [countOf('points', values.points), countOf('seed', values.seed)];
const missing = withoutStrace();
if (missing !== null) {
  console.error(`test:disk: not possible here: ${missing}`);
  process.exit(1);
}
const version = copyVersion(null);
const broken: number[] = [];
try {
  for (let seed = first; seed < first + points; seed += 1) {
    const found = await runWithFault(version, faultOf(seed));
    if (found.length > 0) broken.push(seed);
    console.log(
      `${seed} ${describeFault(faultOf(seed))}: ${found.length === 0 ? 'all rules held' : found.join('; ')}`,
    );
  }
} finally {
  version.remove();
}
console.log(`${points} faults, seeds with violations: ${broken.join(' ') || 'none'}`);
process.exitCode = broken.length === 0 ? 0 : 1;
