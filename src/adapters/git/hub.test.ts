import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import {
  makeRepository,
  openRepository,
  type TestRepository,
  temporaryDirectory,
} from '../../../test/support/repositories.ts';
import type { Hub } from '../../ports/git.ts';
import { AoError } from '../../domain/errors.ts';
import { openHub } from './hub.ts';

const person = { name: 'Ann Agent', email: 'ann@example.com' };
const rubbish: string[] = [];
after(() => Promise.all(rubbish.map((directory) => rm(directory, { recursive: true, force: true }))));

async function newDirectory(): Promise<string> {
  const directory = await temporaryDirectory();
  rubbish.push(directory);
  return directory;
}

async function setUp(
  files?: Record<string, string>,
): Promise<{ user: TestRepository; hub: Hub; head: string }> {
  const user = await makeRepository(files ? { files } : {});
  rubbish.push(user.path);
  const hub = await openHub({
    gitDir: path.join(await newDirectory(), 'hub.git'),
    userRepository: user.path,
  });
  const head = await hub.fetchTarget('main');
  assert.ok(head);
  return { user, hub, head };
}

/** A commit with these files on top of `parent`, made in a clone of the user's repository and fetched. */
async function change(
  { user, hub }: { user: TestRepository; hub: Hub },
  files: Record<string, string | Uint8Array | null>,
  edit?: (repository: TestRepository) => Promise<unknown>,
): Promise<string> {
  const directory = path.join(await newDirectory(), 'clone');
  await user.git('clone', '--quiet', user.path, directory);
  const clone = openRepository(directory);
  await clone.git('config', 'user.name', 'a');
  await clone.git('config', 'user.email', 'a@example.com');
  await clone.write(files);
  await edit?.(clone);
  await clone.commit({});
  return hub.fetchFrom(directory, 'HEAD', `refs/ao/sessions/s${Math.random().toString(36).slice(2)}`);
}

test('a new hub is private to the user and is opened again with what it holds', async () => {
  const { user, hub, head } = await setUp();
  assert.equal((await stat(hub.gitDir)).mode & 0o777, 0o700);
  const again = await openHub({ gitDir: hub.gitDir, userRepository: user.path });
  assert.equal(await again.readRef('refs/ao/target/main'), head);
});

test('the target is fetched again after it moved, also backwards, and a branch that is not there is null', async () => {
  const { user, hub, head } = await setUp();
  const next = await user.commit({ 'a.txt': '1' });
  assert.equal(await hub.fetchTarget('main'), next);
  await user.git('reset', '--quiet', '--hard', head);
  assert.equal(await hub.fetchTarget('main'), head);
  assert.equal(await hub.fetchTarget('nowhere'), null);
});

test('a repository that is none is an error with a reason, not a missing branch', async () => {
  const { user, hub } = await setUp();
  await rm(path.join(user.path, '.git'), { recursive: true });
  await assert.rejects(
    hub.fetchTarget('main'),
    (error) => error instanceof AoError && /fetch|ls-remote/.test(error.message),
  );
});

test('a shallow repository can be fetched from, by many at once', async () => {
  const { user, hub } = await setUp();
  await user.commit({ 'a.txt': '1' });
  const shallow = path.join(await newDirectory(), 'shallow');
  const tip = await user.commit({ 'a.txt': '2' });
  await user.git('clone', '--quiet', '--depth=1', `file://${user.path}`, shallow);
  const other = await openHub({
    gitDir: path.join(await newDirectory(), 'hub.git'),
    userRepository: shallow,
  });
  assert.equal(await other.fetchTarget('main'), tip);
  const fetched = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((n) => other.fetchFrom(shallow, 'HEAD', `refs/ao/x/${n}`)),
  );
  assert.deepEqual(new Set(fetched), new Set([tip]));
  const directory = path.join(await newDirectory(), 'checkout');
  await other.checkout(tip, directory);
  assert.equal(await openRepository(directory).git('log', '--format=%H'), tip);
  // Taken from there, its history would end here too: an agent could hide ours.
  await assert.rejects(hub.fetchFrom(shallow, tip, 'refs/ao/x/full'));
  assert.equal(existsSync(path.join(hub.gitDir, 'shallow')), false);
});

test('a repository whose ids are SHA-256 is served like any other', async () => {
  const directory = await newDirectory();
  const user = openRepository(directory);
  await user.git('init', '--quiet', '--object-format=sha256', '--initial-branch=main');
  await user.git('config', 'user.name', 'x');
  await user.git('config', 'user.email', 'x@example.com');
  const head = await user.commit({ 'a.txt': '1\n' });
  const hub = await openHub({
    gitDir: path.join(await newDirectory(), 'hub.git'),
    userRepository: directory,
  });
  assert.equal(await hub.fetchTarget('main'), head);
  assert.equal(head.length, 64);
  assert.equal(await hub.restorePaths(head, head, ['a.txt']), await hub.treeOf(head));
  const checkout = path.join(await newDirectory(), 'checkout');
  await hub.checkout(head, checkout);
  assert.equal(await openRepository(checkout).git('status', '--porcelain'), '');
});

test('a merge gives a tree, and names the paths that conflict', async () => {
  const setup = await setUp({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
  const [left, right, clash] = await Promise.all([
    change(setup, { 'a.txt': 'left\n' }),
    change(setup, { 'b.txt': 'right\n', 'with space.txt': 'x\n' }),
    change(setup, { 'a.txt': 'clash\n' }),
  ]);
  const good = await setup.hub.merge(left, right);
  assert.deepEqual(good.conflicts, []);
  assert.equal(await setup.hub.readFile(good.tree, 'a.txt'), 'left\n');
  assert.equal(await setup.hub.readFile(good.tree, 'b.txt'), 'right\n');
  const bad = await setup.hub.merge(left, clash);
  assert.deepEqual(bad.conflicts, ['a.txt']);
  assert.match((await setup.hub.readFile(bad.tree, 'a.txt')) ?? '', /<<<<<<<[^]*left[^]*=======[^]*clash/);
});

test('a commit has the people, parents and message that were asked for', async () => {
  const { hub, head } = await setUp();
  const tree = await hub.treeOf(head);
  const commit = await hub.commit({
    tree,
    parents: [head],
    message: 'Mend it\n\nAO-Task: 1\n',
    author: person,
    committer: { name: 'Com', email: 'c@example.com' },
  });
  assert.equal(await hub.treeOf(commit), tree);
  assert.equal(await hub.isAncestor(head, commit), true);
  assert.equal(await hub.isAncestor(commit, head), false);
  assert.deepEqual(await hub.messages(head, commit), ['Mend it\n\nAO-Task: 1']);
  const show = await openRepository(hub.gitDir).git('log', '-1', '--format=%an <%ae> %cn <%ce>', commit);
  assert.equal(show, 'Ann Agent <ann@example.com> Com <c@example.com>');
});

test('paths are restored: edited, deleted, added, whole directories, and a file where a directory was', async () => {
  const setup = await setUp({
    'a.txt': '1',
    'dir/b.txt': '1',
    'dir/c.txt': '1',
    thing: '1',
    'glob*.txt': '1',
    'globx.txt': '1',
  });
  const commit = await change(
    setup,
    {
      'a.txt': '2',
      'dir/b.txt': null,
      'dir/new.txt': '2',
      'new.txt': '2',
      thing: null,
      'glob*.txt': '2',
      'globx.txt': '2',
    },
    (clone) => clone.write({ 'thing/inner.txt': '2' }),
  );
  const tree = await setup.hub.treeOf(commit);
  const restored = await setup.hub.restorePaths(tree, setup.head, [
    'dir',
    'thing',
    'glob*.txt',
    'new.txt',
    'never.txt',
  ]);
  const changes = await setup.hub.changes(setup.head, restored);
  assert.deepEqual(
    changes.map((one) => one.path),
    ['a.txt', 'globx.txt'],
  );
  assert.equal(await setup.hub.restorePaths(tree, setup.head, []), tree);
  assert.equal(await setup.hub.restorePaths(tree, tree, ['a.txt', 'dir']), tree);
});

test('changes name files, kinds, modes and lines, whatever the names are', async () => {
  const setup = await setUp({
    'kept.txt': 'a\nb\nc\nd\ne\nf\n',
    'old name.txt': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n',
    'gone.txt': 'x\n',
    'link.txt': 'target',
    'script.sh': 'run\n',
  });
  const odd = 'new\n"line" \t\u{1f600}.txt';
  const commit = await change(
    setup,
    {
      'kept.txt': 'a\nB\nc\nd\ne\nf\n-- x\n++ y\ndiff --git a/x b/x\n@@ -1 +1 @@\n',
      'old name.txt': null,
      'new name.txt': 'one\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n',
      'gone.txt': null,
      'link.txt': null,
      [odd]: 'last line without end',
      'empty.txt': '',
      'binary.dat': Buffer.from([1, 0, 2]),
    },
    async (clone) => {
      await symlink('kept.txt', path.join(clone.path, 'link.txt'));
      await chmod(path.join(clone.path, 'script.sh'), 0o755);
      await writeFile(Buffer.concat([Buffer.from(`${clone.path}/caf`), Buffer.from([0xe9])]), 'latin\n');
    },
  );
  const changes = await setup.hub.changes(setup.head, commit);
  const find = (name: string) => changes.find((one) => one.path === name);
  assert.deepEqual(find('kept.txt')?.added, ['B', '-- x', '++ y', 'diff --git a/x b/x', '@@ -1 +1 @@']);
  assert.deepEqual(find('kept.txt')?.removed, ['b']);
  assert.deepEqual(find('new name.txt'), {
    path: 'new name.txt',
    oldPath: 'old name.txt',
    status: 'renamed',
    mode: '100644',
    binary: false,
    bytes: 0,
    added: ['SEVEN'],
    removed: ['seven'],
  });
  assert.deepEqual(
    [find('gone.txt')?.status, find('gone.txt')?.mode, find('gone.txt')?.removed],
    ['deleted', null, ['x']],
  );
  assert.deepEqual([find('link.txt')?.status, find('link.txt')?.mode], ['type_changed', '120000']);
  assert.deepEqual([find('link.txt')?.removed, find('link.txt')?.added], [['target'], ['kept.txt']]);
  assert.deepEqual([find('script.sh')?.status, find('script.sh')?.mode], ['modified', '100755']);
  assert.deepEqual(find(odd)?.added, ['last line without end']);
  assert.deepEqual([find('empty.txt')?.status, find('empty.txt')?.added], ['added', []]);
  assert.deepEqual([find('binary.dat')?.binary, find('binary.dat')?.bytes], [true, 3]);
  const latin = changes.find((one) => one.path.startsWith('caf'));
  assert.deepEqual(latin?.added, ['latin']);
  const restored = await setup.hub.restorePaths(await setup.hub.treeOf(commit), setup.head, [
    latin?.path ?? '',
  ]);
  assert.equal(
    (await setup.hub.listFiles(restored)).some((name) => name.startsWith('caf')),
    false,
  );
  assert.equal(changes.length, 9);
});

test('attributes that an agent commits hide nothing from the diff', async () => {
  const setup = await setUp({ 'a.test.js': 'test();\n' });
  const commit = await change(setup, { '.gitattributes': '*.js -diff binary\n', 'a.test.js': 'skip();\n' });
  const file = (await setup.hub.changes(setup.head, commit)).find((one) => one.path === 'a.test.js');
  assert.deepEqual([file?.binary, file?.added, file?.removed], [false, ['skip();'], ['test();']]);
  assert.match(await setup.hub.diff(setup.head, commit, 10_000), /\+skip\(\);/);
});

test('a new submodule is seen as a change and left empty in a checkout', async () => {
  const setup = await setUp();
  const commit = await change(setup, {}, async (clone) => {
    await clone.git('-c', 'init.defaultBranch=main', 'init', '--quiet', 'vendor/lib');
    const nested = openRepository(path.join(clone.path, 'vendor/lib'));
    await nested.git(
      '-c',
      'user.name=x',
      '-c',
      'user.email=x',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    );
  });
  const [submodule, ...others] = await setup.hub.changes(setup.head, commit);
  assert.deepEqual(others, []);
  assert.deepEqual([submodule?.path, submodule?.status, submodule?.mode], ['vendor/lib', 'added', '160000']);
  const directory = path.join(await newDirectory(), 'checkout');
  await setup.hub.checkout(commit, directory);
  assert.deepEqual(await readdir(path.join(directory, 'vendor/lib')), []);
});

test('a diff is cut at the end of a line', async () => {
  const setup = await setUp();
  const commit = await change(setup, { 'big.txt': 'some line of text\n'.repeat(10_000) });
  const diff = await setup.hub.diff(setup.head, commit, 5000);
  assert.ok(diff.length <= 5000 && diff.length > 4900, `${diff.length}`);
  assert.ok(diff.endsWith('+some line of text\n'));
  assert.ok((await setup.hub.diff(setup.head, commit, 1 << 20)).length > 180_000);
});

test('a file is read as text, and is null where it is none, binary, a link or a directory', async () => {
  const setup = await setUp({ 'dir/a.txt': 'héllo\n' });
  const commit = await change(setup, { 'b.bin': Buffer.from([0, 1]) }, (clone) =>
    symlink('dir', path.join(clone.path, 'l')),
  );
  const read = (name: string) => setup.hub.readFile(commit, name);
  assert.equal(await read('dir/a.txt'), 'héllo\n');
  assert.deepEqual(
    await Promise.all(['none', 'b.bin', 'l', 'dir', '../x', '-x'].map(read)),
    Array(6).fill(null),
  );
  assert.deepEqual(await setup.hub.listFiles(commit), ['b.bin', 'dir/a.txt', 'l']);
});

test('refs are set, read, listed by prefix with their time, and deleted', async () => {
  const { hub, head } = await setUp();
  await hub.setRef('refs/ao/rescue/a-1', head);
  await hub.setRef('refs/ao/rescue/b-1', head);
  const listed = await hub.listRefs('refs/ao/rescue/');
  assert.deepEqual(
    listed.map(({ ref }) => ref),
    ['refs/ao/rescue/a-1', 'refs/ao/rescue/b-1'],
  );
  assert.deepEqual((await hub.listRefs('refs/ao/rescue/a')).length, 1);
  assert.ok(Math.abs((listed[0]?.at ?? 0) - Date.now()) < 600_000);
  await hub.deleteRef('refs/ao/rescue/a-1');
  await hub.deleteRef('refs/ao/rescue/a-1');
  assert.equal(await hub.readRef('refs/ao/rescue/a-1'), null);
  assert.equal(await hub.readRef('refs/ao/rescue/b-1'), head);
});

test('a checkout is a clean repository of its own, detached, without remotes, at a commit or a tree', async () => {
  const { hub, head } = await setUp({ 'a.txt': '1\n', 'dir/b.txt': '2\n' });
  const directory = path.join(await newDirectory(), 'one');
  await hub.checkout(head, directory);
  const checkout = openRepository(directory);
  assert.equal(await checkout.head(), head);
  assert.equal(await checkout.git('status', '--porcelain'), '');
  assert.equal(await checkout.git('remote'), '');
  await assert.rejects(checkout.git('symbolic-ref', 'HEAD'));
  const tree = await hub.treeOf(head);
  const second = path.join(await newDirectory(), 'two');
  await hub.checkout(tree, second);
  assert.equal(await openRepository(second).git('rev-parse', 'HEAD^{tree}'), tree);
  assert.equal(await openRepository(second).git('status', '--porcelain'), '');
});

test('a checkout that fails leaves nothing, and one into a directory with files touches none of them', async () => {
  const { hub, head } = await setUp();
  const parent = await newDirectory();
  const missing = 'f'.repeat(40);
  await assert.rejects(hub.checkout(missing, path.join(parent, 'a')), AoError);
  assert.deepEqual(await readdir(parent), []);
  await writeFile(path.join(parent, 'mine.txt'), 'mine');
  await assert.rejects(hub.checkout(head, parent), AoError);
  assert.deepEqual(await readdir(parent), ['mine.txt']);
});

test('an object that no git makes is refused when it comes from an agent', async () => {
  const setup = await setUp();
  const evil = await change(setup, {}).then(async () => {
    const directory = path.join(await newDirectory(), 'evil');
    await setup.user.git('clone', '--quiet', setup.user.path, directory);
    const clone = openRepository(directory);
    const blob = await clone.git('hash-object', '-w', 'README.md');
    await writeFile(
      path.join(directory, 'tree'),
      Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]),
    );
    const tree = await clone.git('hash-object', '-w', '-t', 'tree', '--literally', 'tree');
    const commit = await clone.git(
      '-c',
      'user.name=x',
      '-c',
      'user.email=x',
      'commit-tree',
      '-m',
      'evil',
      tree,
    );
    await clone.git('update-ref', 'refs/heads/evil', commit);
    return directory;
  });
  await assert.rejects(setup.hub.fetchFrom(evil, 'refs/heads/evil', 'refs/ao/x/evil'), /\.git/);
  assert.equal(await setup.hub.readRef('refs/ao/x/evil'), null);
});
