import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { killAt } from './kill-point.ts';
import { withoutStrace } from './traced-daemon.ts';
import { copyVersion, type Version } from './version.ts';

/** Spread over the 850 or so of one run: opening, starting agents, at the gate, landing. `npm run test:kill` takes more. */
const points = [40, 430, 650];

const missing = withoutStrace();
let version: Version;
before(() => {
  version = copyVersion(null);
});
after(() => version.remove());

for (const at of points) {
  test(`A daemon killed as it makes its call ${at} of those that write or start programs: nothing is lost, doubled, orphaned or left over${missing ? ` (skipped: ${missing})` : ''}`, {
    skip: missing ?? false,
  }, async () => {
    const { killed, violations } = await killAt(version, at);
    assert.deepEqual(violations, []);
    assert.ok(killed, `the run ended before its call ${at}: choose an earlier one`);
  });
}
