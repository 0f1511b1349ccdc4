// An agent may write what it likes into its repository. For each trap: nothing of ours sets it off, and plain git does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openTarget } from '../src/adapters/git/target.ts';
import { cloneWorkspaces } from '../src/adapters/workspaces/clone.ts';
import { describeDifference, fingerprint } from '../src/adapters/workspaces/fingerprint.ts';
import { worktreeWorkspaces } from '../src/adapters/workspaces/worktree.ts';
import { hookTraps } from './poisoned/hook-traps.ts';
import { loneTraps } from './poisoned/lone-traps.ts';
import { assertOnlyPlainGitSprings, catchPrey, handle } from './poisoned/prey.ts';
import { settingTraps } from './poisoned/setting-traps.ts';

const groups = [
  { what: `${hookTraps.length} hooks`, traps: hookTraps },
  { what: `${settingTraps.length} settings`, traps: settingTraps },
  ...loneTraps.map((trap) => ({ what: trap.what, traps: [trap] })),
];

function withoutTraps(files: string[]): string[] {
  return files.filter((name) => !/^(\.git|hooks-of-the-agent)/.test(name));
}

test('there are traps of at least sixty kinds', () => {
  assert.ok(new Set(groups.flatMap(({ traps }) => traps.map(({ what }) => what))).size >= 60);
});

describe('a trap in an agent’s own clone is not set off by anything of ours', () => {
  for (const { what, traps } of groups) {
    test(what, async (t) => {
      const { made, snares, hub, user, head, directory, clean } = await catchPrey(cloneWorkspaces, traps);
      t.after(clean);
      for (const { trap, prey } of snares) await trap.set(prey);
      await Promise.all(snares.map(({ reset }) => reset())); // setting it may have set it off
      const capture = await made.capture();
      assert.deepEqual(withoutTraps(await made.changed(capture)), ['a.txt', 'new.txt']);
      assert.equal(await hub.readFile(capture.commit, 'a.txt'), 'uncommitted\n');
      await handle(hub, head, capture.commit, directory);
      const target = await openTarget(user.path, hub);
      assert.deepEqual(await target.advance('main', head, capture.commit), { kind: 'moved' });
      await assertOnlyPlainGitSprings(snares);
      await cloneWorkspaces.remove(hub, made.workspace);
    });
  }
});

describe('a trap in the git directory that a worktree shares is not set off by work of ours, and is noticed', () => {
  for (const { what, traps } of groups) {
    test(what, async (t) => {
      const caught = await catchPrey(worktreeWorkspaces, traps);
      const { made, make, snares, hub, user, head, directory, clean } = caught;
      t.after(clean);
      for (const { trap, prey } of snares) {
        const before = await fingerprint(user.path);
        await trap.set(prey);
        const difference = describeDifference(before, await fingerprint(user.path));
        if (trap.local) assert.equal(difference, null, trap.what);
        else assert.match(difference ?? '', /^In the shared git directory, .+ (is new|changed)/, trap.what);
      }
      await Promise.all(snares.map(({ reset }) => reset()));
      const capture = await made.capture();
      assert.deepEqual(withoutTraps(await made.changed(capture)), ['a.txt', 'new.txt']);
      await handle(hub, head, capture.commit, directory);
      const another = await make('s-2');
      assert.equal((await another.capture()).commit, head);
      await worktreeWorkspaces.remove(hub, another.workspace);
      await assertOnlyPlainGitSprings(snares);
    });
  }
});
