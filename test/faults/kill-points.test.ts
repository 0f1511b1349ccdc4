import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { controls } from './controls.ts';
import { parseKills } from './kill.ts';
import { killInTurn } from './kill-chain.ts';
import { withoutStrace } from './traced-daemon.ts';
import { copyVersion, planted, type Version } from './version.ts';

/** One run each: opening, starting agents, at the gate, landing. `npm run test:kill` takes more. */
const chains = [
  'pwrite64:25,clone:20,rmdir:5,write:60,pwrite64:60',
  'mkdir:4,rename:1,clone:30,fsync:4,pwrite64:60',
];

const missing = withoutStrace();

describe('A daemon killed as it writes or starts programs, and the one after it too', {
  concurrency: true,
}, () => {
  let version: Version;
  before(() => {
    version = copyVersion(null);
  });
  after(() => version.remove());

  for (const chain of chains) {
    test(`${chain}: nothing is lost, doubled, orphaned or left over${missing ? ` (skipped: ${missing})` : ''}`, {
      skip: missing ?? false,
    }, async () => {
      const kills = parseKills(chain);
      const { killed, violations } = await killInTurn(version, kills);
      assert.deepEqual(violations, []);
      assert.deepEqual(killed, kills, 'the run ended before its last kill: choose earlier ones');
    });
  }
});

test('The bugs that `npm run test:kill -- --control` plants still have their place in the source', () => {
  for (const control of controls) assert.ok(planted(control));
});
