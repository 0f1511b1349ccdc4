import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { describeFault, type DiskFault, runWithFault } from './disk-faults.ts';
import { withoutStrace } from './traced-daemon.ts';
import { copyVersion, type Version } from './version.ts';

/** While it makes workspaces, and while it writes what has happened. `npm run test:disk` takes more. */
const faults: DiskFault[] = [
  { kind: 'files', error: 'EIO', from: 12, count: 1 },
  { kind: 'rows', error: 'ENOSPC', from: 100, count: 3 },
];

/** In CI a machine that cannot do it is a failure of the tests. */
const missing = process.env['CI'] === 'true' ? null : withoutStrace();
const skipped = missing === null ? '' : ` (skipped: ${missing})`;

describe('A disk that fails for a moment', { concurrency: true, skip: missing ?? false }, () => {
  let version: Version;
  before(() => {
    version = copyVersion(null);
  });
  after(() => version.remove());

  for (const fault of faults) {
    test(`${describeFault(fault)}: the same daemon goes on to green, nothing is lost or damaged${skipped}`, async () => {
      assert.deepEqual(await runWithFault(version, fault), []);
    });
  }
});
