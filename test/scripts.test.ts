// The commands of developers say when they were asked for what is not there, and never that nothing broke where nothing was tried.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const scripts = join(import.meta.dirname, '../scripts');

const wrong: [script: string, args: string[], said: RegExp][] = [
  ['simulate.ts', ['--seeds', '20k'], /--seeds: "20k" is not a number from 1 on/],
  ['simulate.ts', ['--sedes', '1'], /Unknown option '--sedes'/],
  ['disk-points.ts', ['--points', '0'], /--points: "0" is not a number from 1 on/],
  ['kill-points.ts', ['--points', 'x'], /--points: "x" is not a number from 1 on/],
  ['foreign-projects.ts', ['--seed', 'x'], /--seed: "x" is not a number from 1 on/],
  ['run-tests.ts', ['src/nowhere'], /there is no src\/nowhere/],
];

for (const [script, args, said] of wrong) {
  test(`${script} ${args.join(' ')} is refused in a sentence`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(scripts, script), ...args], {
      encoding: 'utf8',
    });
    assert.equal(status, 2, stdout);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /\n {4}at /);
    assert.equal(stdout, '');
  });
}
