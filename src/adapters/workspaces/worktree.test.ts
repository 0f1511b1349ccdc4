import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import {
  describeWorkspaces,
  setUpWorkspaces,
  type WorkspaceSetup,
} from '../../../test/contracts/workspaces.contract.ts';
import { digest, openRepository, temporaryDirectory } from '../../../test/support/repositories.ts';
import { AoError } from '../../domain/errors.ts';
import { openTarget } from '../git/target.ts';
import { describeDifference, fingerprint } from './fingerprint.ts';
import { worktreeWorkspaces } from './worktree.ts';

describeWorkspaces(worktreeWorkspaces);

const rubbish: string[] = [];
after(() => Promise.all(rubbish.map((directory) => rm(directory, { recursive: true, force: true }))));

async function setUp(): Promise<WorkspaceSetup> {
  const setup = await setUpWorkspaces(worktreeWorkspaces);
  rubbish.push(setup.user.path, path.dirname(setup.hub.gitDir));
  return setup;
}

test('the line that hides worktrees is added once, and the lines of the user stay', async () => {
  const { user, make } = await setUp();
  const file = path.join(user.path, '.git/info/exclude');
  await writeFile(file, '# mine\n*.swp'); // no line end
  await Promise.all([make('one'), make('two')]);
  assert.equal(await readFile(file, 'utf8'), '# mine\n*.swp\n/.worktrees/\n');
  assert.equal(await user.git('status', '--porcelain'), '');
});

test('making and removing leaves the user’s repository as it was, but for that line', async () => {
  const { user, hub, make } = await setUp();
  await user.write({ 'a.txt': 'being edited\n', 'untracked.txt': 'mine\n' });
  const skip = (name: string) => name.startsWith('.git/objects/') || name === '.git/info/exclude';
  const before = await digest(user.path, skip);
  const made = await make('fix-1');
  await made.agent.write({ 'a.txt': '2\n' });
  await made.capture();
  await worktreeWorkspaces.remove(hub, made.workspace);
  assert.equal(await digest(user.path, skip), before);
  assert.deepEqual((await readdir(user.path)).includes('.worktrees'), false);
});

test('a branch that exists already is a conflict and is not touched', async () => {
  const { user, make, head } = await setUp();
  await user.git('branch', 'ao/mine', head);
  await assert.rejects(make('mine'), (error) => error instanceof AoError && error.code === 'conflict');
  assert.equal(await user.head('ao/mine'), head);
  await user.git('branch', 'ao/deep/er', head);
  await assert.rejects(make('deep'), AoError);
  assert.equal(await user.git('for-each-ref', '--format=%(refname)', 'refs/ao'), '');
});

test('a branch goes with its worktree only when the hub has all of its commits and nobody has it checked out', async () => {
  const { user, hub, make } = await setUp();
  const made = await make('fix-1');
  await made.capture();
  await made.agent.write({ 'a.txt': 'after the capture\n' });
  await made.agent.git('-c', 'user.name=x', '-c', 'user.email=x', 'commit', '--quiet', '--all', '-m', 'late');
  const late = await made.agent.head();
  await worktreeWorkspaces.remove(hub, made.workspace);
  assert.equal(await user.head('ao/fix-1'), late);
  assert.equal((await user.git('worktree', 'list')).split('\n').length, 1);

  const looked = await make('fix-2');
  await user.git('switch', '--quiet', '--ignore-other-worktrees', 'ao/fix-2');
  await worktreeWorkspaces.remove(hub, looked.workspace);
  assert.equal(await user.git('symbolic-ref', '--short', 'HEAD'), 'ao/fix-2');
  assert.equal(await user.git('status', '--porcelain'), '');
});

test('other worktrees of the user, stale ones too, stay registered', async () => {
  const { user, hub, make } = await setUp();
  const [living, stale] = [
    path.join(path.dirname(hub.gitDir), 'living'),
    path.join(path.dirname(hub.gitDir), 'stale'),
  ];
  await user.git('worktree', 'add', '--quiet', '--detach', living);
  await user.git('worktree', 'add', '--quiet', '--detach', stale);
  await rm(stale, { recursive: true });
  const made = await make();
  await rm(made.workspace.path, { recursive: true });
  await worktreeWorkspaces.remove(hub, made.workspace);
  const list = await user.git('worktree', 'list');
  assert.ok(list.includes(living) && list.includes(stale) && !list.includes('.worktrees'), list);
  assert.equal(await openRepository(living).git('status', '--porcelain'), '');
});

test('a landing and what is kept get through while worktrees are being made', async () => {
  const { user, hub, make, head } = await setUp();
  const target = await openTarget(user.path, hub);
  const ao = { name: 'ao', email: 'ao@localhost' };
  const commits = [head];
  for (const message of Array.from({ length: 8 }, (_, index) => `landing ${index}`)) {
    const parent = commits.at(-1) ?? head;
    commits.push(
      await hub.commit({
        tree: await hub.treeOf(head),
        parents: [parent],
        message,
        author: ao,
        committer: ao,
      }),
    );
  }
  const making = Promise.all(Array.from({ length: 24 }, (_, index) => make(`many-${index}`)));
  for (const [index, commit] of commits.slice(1).entries()) {
    assert.deepEqual(await target.advance('main', commits[index] ?? '', commit), { kind: 'moved' });
    await target.keep(`refs/ao/landed/${index}`, commit);
  }
  await making;
});

test('the fingerprint stays the same while agents work, and tells in a sentence what changed', async () => {
  const { user, hub, make, head } = await setUp();
  const before = await fingerprint(user.path);
  const made = await make();
  await made.agent.write({ 'a.txt': '2\n' });
  await made.agent.git('-c', 'user.name=x', '-c', 'user.email=x', 'commit', '--quiet', '--all', '-m', 'work');
  await made.capture();
  assert.equal(describeDifference(before, await fingerprint(user.path)), null);
  await made.agent.git('config', 'user.email', 'agent@example.com');
  await made.agent.git('config', '--unset', 'user.name');
  await made.agent.git('config', 'filter.x.smudge', 'evil');
  await made.agent.write({ '../../.git/hooks/pre-push': 'x', '../../.git/info/attributes': 'x' });
  assert.equal(
    describeDifference(before, await fingerprint(made.workspace.path)),
    'In the shared git directory, user.email in the configuration changed, user.name in the configuration is gone, ' +
      'filter.x.smudge in the configuration is new, hooks/pre-push is new, info/attributes is new.',
  );
  await worktreeWorkspaces.remove(hub, made.workspace);
  assert.equal(await user.head(), head);
});

test('the fingerprint covers hooks in a place of their own, git directories of submodules and the user’s other worktrees', async () => {
  const { user, make } = await setUp();
  const other = path.join(await temporaryDirectory(), 'other');
  rubbish.push(path.dirname(other));
  await user.git('config', 'core.hooksPath', '.git/own-hooks');
  await user.git('config', 'extensions.worktreeConfig', 'true');
  await user.git('worktree', 'add', '--quiet', '--detach', other);
  await user.write({ '.git/modules/a/b/HEAD': 'ref: refs/heads/x\n', '.git/own-hooks/pre-push': '' });
  const before = await fingerprint(user.path);
  const made = await make();
  assert.equal(describeDifference(before, await fingerprint(user.path)), null);
  const written = ['own-hooks/post-merge', 'modules/a/b/config', 'worktrees/other/config.worktree'];
  await made.agent.write(Object.fromEntries(written.map((name) => [`../../.git/${name}`, 'x'])));
  await made.agent.write({ '../../.git/worktrees/other/commondir': '/elsewhere\n' });
  const difference = describeDifference(before, await fingerprint(user.path)) ?? '';
  for (const name of [...written, 'worktrees/other/commondir'])
    assert.ok(difference.includes(`${name} is new`), difference);
});
