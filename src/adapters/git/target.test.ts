import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import {
  digest,
  makeRepository,
  openRepository,
  type TestRepository,
  temporaryDirectory,
} from '../../../test/support/repositories.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { AoError } from '../../domain/errors.ts';
import { git as hardened } from '../../lib/git.ts';
import type { Advance, Hub, Target } from '../../ports/git.ts';
import { openHub } from './hub.ts';
import { openTarget } from './target.ts';

const ao = { name: 'ao', email: 'ao@localhost' };
const rubbish: string[] = [];
process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
after(() => Promise.all(rubbish.map((directory) => rm(directory, { recursive: true, force: true }))));

interface Setup {
  user: TestRepository;
  hub: Hub;
  target: Target;
  head: string;
  /** A commit in the hub with these files on top of `parent`; null removes a file. */
  commit(files: Record<string, string | null>, parent?: string): Promise<string>;
}

async function setUp(files?: Record<string, string>): Promise<Setup> {
  const user = await makeRepository({ files: files ?? { 'a.txt': '1\n', 'dir/b.txt': '1\n' } });
  rubbish.push(user.path);
  return open(user);
}

async function open(user: TestRepository, location = user.path): Promise<Setup> {
  const directory = await temporaryDirectory();
  rubbish.push(directory);
  const hub = await openHub({ gitDir: path.join(directory, 'hub.git'), userRepository: user.path });
  const target = await openTarget(location, hub);
  const head = await hub.fetchTarget('main');
  assert.ok(head);
  const commit: Setup['commit'] = async (files, parent = head) => {
    const options = { gitDir: hub.gitDir, indexFile: path.join(directory, 'index') };
    const blob = async (input: string): Promise<string> => {
      const { stdout } = await hardened(['hash-object', '-w', '--stdin'], { ...options, input });
      return stdout.toString().trim();
    };
    await hardened(['read-tree', parent], options);
    for (const [name, content] of Object.entries(files)) {
      const entry = content === null ? `0 ${'0'.repeat(40)}` : `100644 ${await blob(content)}`;
      await hardened(['update-index', '--index-info'], { ...options, input: `${entry}\t${name}\n` });
    }
    const tree = (await hardened(['write-tree'], options)).stdout.toString().trim();
    return hub.commit({ tree, parents: [parent], message: 'landing', author: ao, committer: ao });
  };
  return { user, hub, target, head, commit };
}

/** Nothing may have changed by a byte but objects, which nobody sees. */
function untouched(user: TestRepository): Promise<string> {
  return digest(user.path, (name) => name.startsWith('.git/objects/'));
}

async function assertRefused(setup: Setup, commit: string, detail: RegExp): Promise<void> {
  const before = await untouched(setup.user);
  const advance = await setup.target.advance('main', setup.head, commit);
  assert.equal(advance.kind, 'refused', JSON.stringify(advance));
  assert.match(detailOf(advance), detail);
  assert.equal(await untouched(setup.user), before);
}

function detailOf(advance: Advance): string {
  return advance.kind === 'refused' ? advance.detail : '';
}

test('a clean checkout of the branch follows, and nothing else of the user changes', async () => {
  const setup = await setUp();
  const { user, target, head } = setup;
  await user.git('branch', 'other');
  await user.write({ 'a.txt': 'stashed\n' });
  await user.git('stash', '--quiet');
  await user.write({
    'untracked.txt': 'mine',
    'new/also.txt': 'mine',
  });
  const hooks = [
    'pre-receive',
    'update',
    'post-receive',
    'post-update',
    'push-to-checkout',
    'reference-transaction',
  ];
  for (const name of [...hooks, 'post-checkout', 'post-index-change', 'proc-receive']) {
    await writeFile(path.join(user.path, '.git/hooks', name), '#!/bin/sh\ntouch "$0.ran"\n', { mode: 0o755 });
  }
  await user.git('config', 'core.hooksPath', path.join(user.path, '.git/hooks'));
  const changing = [
    '.git/objects',
    '.git/index',
    '.git/refs/heads/main',
    '.git/logs/HEAD',
    '.git/logs/refs/heads/main',
    'a.txt',
    'new/c.txt',
  ];
  const rest = () =>
    digest(user.path, (name) => changing.some((one) => name === one || name.startsWith(`${one}/`)));
  const before = await rest();
  const commit = await setup.commit({ 'a.txt': '2\n', 'new/c.txt': '2\n' });
  assert.deepEqual(await target.advance('main', head, commit), { kind: 'moved' });
  assert.equal(await rest(), before);
  assert.equal(await target.head('main'), commit);
  assert.equal(await readFile(path.join(user.path, 'a.txt'), 'utf8'), '2\n');
  assert.equal(await user.git('status', '--porcelain'), '?? new/also.txt\n?? untracked.txt');
  assert.deepEqual(await target.advance('main', head, commit), { kind: 'moved' }, 'asking twice is no error');
});

test('a branch that is not checked out moves without touching the checkout', async () => {
  const setup = await setUp();
  await setup.user.git('switch', '--quiet', '--create', 'other');
  await setup.user.write({ 'a.txt': 'being edited' });
  const commit = await setup.commit({ 'a.txt': '2\n' });
  assert.deepEqual(await setup.target.advance('main', setup.head, commit), { kind: 'moved' });
  assert.equal(await readFile(path.join(setup.user.path, 'a.txt'), 'utf8'), 'being edited');
});

test('a bare repository moves', async () => {
  const source = await setUp();
  const bare = path.join(await temporaryDirectory(), 'bare.git');
  rubbish.push(path.dirname(bare));
  await source.user.git('clone', '--quiet', '--bare', source.user.path, bare);
  const setup = await open(openRepository(bare));
  const commit = await setup.commit({ 'a.txt': '2\n' });
  assert.deepEqual(await setup.target.advance('main', setup.head, commit), { kind: 'moved' });
  assert.equal(await setup.target.head('main'), commit);
});

test('a linked worktree that has the branch follows; one with uncommitted changes refuses', async () => {
  const setup = await setUp();
  const linked = path.join(await temporaryDirectory(), 'linked');
  rubbish.push(path.dirname(linked));
  await setup.user.git('switch', '--quiet', '--detach');
  await setup.user.git('worktree', 'add', '--quiet', linked, 'main');
  const commit = await setup.commit({ 'a.txt': '2\n' });
  await writeFile(path.join(linked, 'a.txt'), 'edited');
  await assertRefused(setup, commit, new RegExp(`^${linked} has uncommitted changes in a.txt$`));
  await writeFile(path.join(linked, 'a.txt'), '1\n');
  assert.deepEqual(await setup.target.advance('main', setup.head, commit), { kind: 'moved' });
  assert.equal(await readFile(path.join(linked, 'a.txt'), 'utf8'), '2\n');
  assert.equal(await openRepository(linked).git('status', '--porcelain'), '');
  const fromLinked = await openTarget(linked, setup.hub);
  assert.deepEqual([(await fromLinked.facts()).path, (await fromLinked.facts()).branch], [linked, 'main']);
  await rm(linked, { recursive: true });
  const next = await setup.commit({ 'a.txt': '3\n' }, commit);
  const refused = await setup.target.advance('main', commit, next);
  assert.match(detailOf(refused), /is missing/);
});

test('a branch that somebody else moved is a race, and stays where they moved it', async () => {
  const setup = await setUp();
  const theirs = await setup.user.commit({ 'a.txt': 'theirs\n' });
  const commit = await setup.commit({ 'a.txt': '2\n' });
  assert.deepEqual(await setup.target.advance('main', setup.head, commit), { kind: 'raced', actual: theirs });
  assert.equal(await setup.target.head('main'), theirs);
  await setup.user.git('switch', '--quiet', '--detach');
  await setup.user.git('branch', '--quiet', '-D', 'main');
  assert.deepEqual(await setup.target.advance('main', setup.head, commit), { kind: 'raced', actual: null });
});

test('of two landings at once on the same commit one moves the branch and the other has lost the race', async () => {
  const setup = await setUp();
  const again = await openTarget(setup.user.path, setup.hub);
  const commits = [await setup.commit({ 'a.txt': '2\n' }), await setup.commit({ 'a.txt': '3\n' })];
  const results = await Promise.all([
    setup.target.advance('main', setup.head, commits[0] ?? ''),
    again.advance('main', setup.head, commits[1] ?? ''),
  ]);
  assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ['moved', 'raced']);
  assert.equal(await setup.user.git('status', '--porcelain'), '');
});

test('a commit that does not follow the branch is never pushed', async () => {
  const setup = await setUp();
  const sibling = await setup.user.commit({ 'a.txt': 'next\n' });
  const commit = await setup.commit({ 'a.txt': '2\n' });
  await setup.hub.fetchTarget('main');
  await assert.rejects(setup.target.advance('main', sibling, commit), /does not follow/);
  assert.equal(await setup.target.head('main'), sibling);
});

test('uncommitted changes refuse, staged or not, and keep their files and index', async () => {
  const setup = await setUp();
  const commit = await setup.commit({ 'dir/b.txt': '2\n' });
  await setup.user.write({ 'a.txt': 'edited\n' });
  await assertRefused(setup, commit, /has uncommitted changes in a\.txt$/);
  await setup.user.git('add', 'a.txt');
  await assertRefused(setup, commit, /has uncommitted changes in a\.txt$/);
});

test('an untracked or ignored file where the commit has a file of its own refuses and is kept', async () => {
  const setup = await setUp({
    'a.txt': '1\n',
    '.gitignore': 'local.cfg\nbuild\n',
    'd/e.txt': '1\n',
    f: '1\n',
  });
  const { user, commit } = setup;
  await user.write({ 'untracked.txt': 'mine' });
  await assertRefused(
    setup,
    await commit({ 'untracked.txt': 'theirs' }),
    /^untracked\.txt in .* is in the way/,
  );
  await user.write({ 'local.cfg': 'my password' });
  await assertRefused(setup, await commit({ 'local.cfg': 'theirs' }), /^local\.cfg in .* is in the way/);
  await assertRefused(
    setup,
    await commit({ 'local.cfg/deep/x.txt': 'theirs' }),
    /^local\.cfg in .* is in the way/,
  );
  await user.write({ 'd/build': 'ignored, in a directory that becomes a file' });
  await assertRefused(setup, await commit({ 'd/e.txt': null, d: 'theirs' }), /^d\/build in .* is in the way/);
  await mkdir(path.join(user.path, 'elsewhere'));
  await symlink('elsewhere', path.join(user.path, 'link'));
  await assertRefused(setup, await commit({ 'link/x.txt': 'theirs' }), /^link in .* is in the way/);
  const good = await commit({ f: null, 'f/g.txt': '2\n', 'd/new.txt': '2\n' });
  assert.deepEqual(await setup.target.advance('main', setup.head, good), { kind: 'moved' });
});

test('an operation in progress refuses: merge, rebase that stands still, bisect', async () => {
  const setup = await setUp();
  const { user } = setup;
  const commit = await setup.commit({ 'dir/b.txt': '2\n' });
  await user.git('switch', '--quiet', '--create', 'side');
  await user.commit({ 'c.txt': 'side\n' });
  await user.git('switch', '--quiet', 'main');
  await user.git('merge', '--quiet', '--no-commit', '--no-ff', '--strategy=ours', 'side');
  await assertRefused(setup, commit, /^a merge is in progress in /);
  await user.git('merge', '--abort');
  await user.git('-c', 'sequence.editor=echo break >', 'rebase', '--quiet', '--interactive', '--root');
  await assertRefused(setup, commit, /^a rebase is in progress in /);
  await user.git('rebase', '--abort');
  await user.git('bisect', 'start');
  await assertRefused(setup, commit, /^a bisect is in progress in /);
  await user.git('bisect', 'reset');
  assert.deepEqual(await setup.target.advance('main', setup.head, commit), { kind: 'moved' });
});

test('a locked branch, head or index refuses and names the lock', async () => {
  const setup = await setUp();
  const commit = await setup.commit({ 'a.txt': '2\n' });
  for (const lock of ['refs/heads/main.lock', 'HEAD.lock', 'index.lock']) {
    const file = path.join(setup.user.path, '.git', lock);
    await writeFile(file, '');
    await assertRefused(setup, commit, new RegExp(`left ${file} behind`));
    await rm(file);
  }
});

test('a branch that git cannot move after it changed the checkout gets its files and index back', async () => {
  const setup = await setUp();
  const commit = await setup.commit({ 'a.txt': '2\n', 'new.txt': '2\n', 'dir/b.txt': null });
  // A lock that no look beforehand finds: git wants a lock of this name and meets a directory when it is too late.
  await setup.user.git('pack-refs', '--all');
  await mkdir(path.join(setup.user.path, '.git/refs/heads/main/x'), { recursive: true });
  await writeFile(path.join(setup.user.path, '.git/refs/heads/main/x/y'), `${setup.head}\n`);
  const advance = await setup.target.advance('main', setup.head, commit);
  assert.equal(advance.kind, 'refused', JSON.stringify(advance));
  assert.equal(await readFile(path.join(setup.user.path, 'a.txt'), 'utf8'), '1\n');
  assert.equal(await setup.user.git('status', '--porcelain'), '');
});

test('a worktree that somebody is just making delays a landing and does not refuse it', async () => {
  const setup = await setUp();
  const commit = await setup.commit({ 'a.txt': '2\n' });
  const git = path.join(setup.user.path, '.git');
  const half = path.join(git, 'worktrees/half');
  await setup.user.write({
    '.git/worktrees/half/HEAD': `${'0'.repeat(40)}\n`,
    '.git/worktrees/half/commondir': '../..\n',
  });
  await setup.user.write({ '.git/worktrees/half/gitdir': '/nonexistent/.git\n' });
  const arrivals = watch(path.join(git, 'objects'))[Symbol.asyncIterator]();
  const arrival = arrivals.next();
  const advance = setup.target.advance('main', setup.head, commit);
  await arrival;
  const incoming = async () =>
    (await readdir(path.join(git, 'objects'))).filter((name) => name.startsWith('tmp_objdir'));
  await waitFor('the first try to end', async () => (await incoming()).length === 0);
  await rm(half, { recursive: true });
  assert.deepEqual(await advance, { kind: 'moved' });
  await arrivals.return?.();
});

test('a checkout whose git directory is elsewhere refuses instead of writing there', async () => {
  const place = await temporaryDirectory();
  rubbish.push(place);
  const source = await setUp();
  const user = openRepository(path.join(place, 'files'));
  await source.user.git(
    'clone',
    '--quiet',
    `--separate-git-dir=${place}/elsewhere.git`,
    source.user.path,
    user.path,
  );
  const setup = await open(user);
  await assertRefused(setup, await setup.commit({ 'a.txt': '2\n' }), /cannot update the checkout/);
});

test('a branch that is only another name refuses, so that no other branch moves', async () => {
  const setup = await setUp();
  const { user } = setup;
  await user.git('branch', '--quiet', '-m', 'main', 'trunk');
  await user.git('symbolic-ref', 'refs/heads/main', 'refs/heads/trunk');
  await assertRefused(
    setup,
    await setup.commit({ 'a.txt': '2\n' }),
    /main is only another name of refs\/heads\/trunk/,
  );
});

test('the facts name the branch and the person, and neither is made up', async () => {
  const { user, target, hub } = await setUp();
  assert.deepEqual(await target.facts(), {
    path: user.path,
    branch: 'main',
    person: { name: 'Ursula User', email: 'ursula@example.com' },
  });
  await user.git('switch', '--quiet', '--detach');
  await user.git('config', '--unset', 'user.email');
  const facts = await (await openTarget(path.join(user.path, 'dir'), hub)).facts();
  assert.deepEqual(facts, { path: user.path, branch: null, person: null });
});

test('the identity may come from the configuration that the user has for all repositories', async () => {
  const { user, target } = await setUp();
  await user.git('config', '--remove-section', 'user');
  const file = path.join(await temporaryDirectory(), 'gitconfig');
  rubbish.push(path.dirname(file));
  await writeFile(file, '[user]\n\tname = Gloria Global\n\temail = gloria@example.com\n');
  process.env['GIT_CONFIG_GLOBAL'] = file;
  try {
    assert.deepEqual((await target.facts()).person, { name: 'Gloria Global', email: 'gloria@example.com' });
  } finally {
    process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
  }
});

test('a directory that is no repository is an error that names it', async () => {
  const directory = await temporaryDirectory();
  rubbish.push(directory);
  const { hub } = await setUp();
  await assert.rejects(
    openTarget(directory, hub),
    (error) => error instanceof AoError && /not a git repository/.test(error.message),
  );
});

test('what is kept for the user is reachable there, and only below refs/ao', async () => {
  const setup = await setUp();
  const [one, two] = [await setup.commit({ 'a.txt': '2\n' }), await setup.commit({ 'a.txt': '3\n' })];
  await setup.target.keep('refs/ao/landed/r1', one);
  await setup.target.keep('refs/ao/landed/r1', two);
  assert.equal(await setup.user.git('show', 'refs/ao/landed/r1:a.txt'), '3');
  await assert.rejects(setup.target.keep('refs/heads/main', one));
  assert.equal(await setup.user.git('status', '--porcelain'), '');
});

test('a repository whose path holds line ends and spaces is opened like any other', async () => {
  const setup = await setUp();
  const odd = path.join(setup.user.path, ' new\nline ');
  await setup.user.git('clone', '--quiet', setup.user.path, odd);
  const target = await openTarget(odd, setup.hub);
  assert.deepEqual(await target.facts().then((facts) => [facts.path, facts.branch]), [odd, 'main']);
});
