// An agent may write what it likes into its repository. For each trap: nothing of ours sets it off, and plain git does.
import assert from 'node:assert/strict';
import { access, mkdir, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { openTarget } from '../src/adapters/git/target.ts';
import { cloneWorkspaces } from '../src/adapters/workspaces/clone.ts';
import { describeDifference, fingerprint } from '../src/adapters/workspaces/fingerprint.ts';
import { worktreeWorkspaces } from '../src/adapters/workspaces/worktree.ts';
import type { Hub } from '../src/ports/git.ts';
import type { Workspaces } from '../src/ports/workspace.ts';
import { setUpWorkspaces } from './contracts/workspaces.contract.ts';
import { openRepository, type TestRepository, temporaryDirectory } from './support/repositories.ts';

const rubbish: string[] = [];
after(() => Promise.all(rubbish.map((directory) => rm(directory, { recursive: true, force: true }))));

interface Prey {
  /** The agent's repository, with plain git. */
  repository: TestRepository;
  /** Git directory of the workspace, and the one with configuration and hooks. */
  gitDir: string;
  commonDir: string;
  /** A program that leaves the canary's mark and passes on what it reads. */
  trap: string;
  directory: string;
}

interface Trap {
  what: string;
  set(prey: Prey): Promise<unknown>;
  /** What plain git runs into it with; it may fail. */
  spring(prey: Prey): Promise<unknown>;
  /** Not in the files that a fingerprint covers: it works only in the workspace itself. */
  local?: true;
}

const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];

function setting(key: string, value = '', spring: string[] = ['status']): Trap {
  return {
    what: key,
    set: ({ repository, trap }) => repository.git('config', key, value.replace('TRAP', trap) || trap),
    spring: ({ repository }) => repository.git(...spring),
  };
}

function driver(what: string, attribute: string, spring: (prey: Prey) => Promise<unknown>): Trap {
  return {
    what,
    set: async ({ repository, trap }) => {
      await repository.git('config', what, what.endsWith('driver') ? `${trap} %A` : trap);
      await repository.write({ '.gitattributes': `* ${attribute}\n` });
    },
    spring,
  };
}

function hook(name: string, spring: string[]): Trap {
  return {
    what: `the hook ${name}`,
    set: async ({ commonDir, trap }) => {
      await mkdir(path.join(commonDir, 'hooks'), { recursive: true });
      await writeFile(path.join(commonDir, 'hooks', name), `#!/bin/sh\nexec ${trap} x\n`, { mode: 0o755 });
    },
    spring: ({ repository }) => repository.git(...spring),
  };
}

const commit = [...identity, 'commit', '--allow-empty', '-m', 'x'];

async function mergeSides({ repository }: Prey): Promise<void> {
  await repository.git('switch', '--quiet', '--discard-changes', '--create', 'side', 'HEAD~1');
  await repository.write({ 'a.txt': 'side\n', '.gitattributes': '* merge=evil\n' });
  await repository.git('add', '--all');
  await repository.git(...identity, 'commit', '--quiet', '-m', 'side');
  await repository.git(...identity, 'merge', 'ao/s-1');
}

async function evilRepository({ directory, trap }: Prey): Promise<string> {
  const evil = openRepository(path.join(directory, 'evil'));
  await mkdir(evil.path);
  await evil.git('init', '--quiet');
  await evil.git('config', 'core.fsmonitor', trap);
  return path.join(evil.path, '.git');
}

const traps: Trap[] = [
  setting('core.fsmonitor'),
  setting('core.hooksPath', 'hooks-of-the-agent', commit),
  setting('core.editor', '', [...identity, 'commit', '--allow-empty']),
  setting('diff.external', '', ['diff']),
  setting('gpg.program', '', [...commit, '--gpg-sign']),
  setting('alias.evil', '!TRAP x', ['evil']),
  setting('core.sshCommand', '', ['fetch', 'ssh://localhost/x']),
  setting('remote.evil.uploadpack', '', ['fetch', 'evil']),
  setting('trailer.evil.command', '', [...commit, '--trailer=evil=x']),
  driver('filter.evil.clean', 'filter=evil', ({ repository }) => repository.git('add', '--all')),
  driver('filter.evil.process', 'filter=evil', ({ repository }) => repository.git('add', '--all')),
  driver('filter.evil.smudge', 'filter=evil', ({ repository }) =>
    repository.git('restore', '--source=HEAD~1', 'a.txt'),
  ),
  driver('diff.evil.textconv', 'diff=evil', ({ repository }) => repository.git('diff')),
  driver('diff.evil.command', 'diff=evil', ({ repository }) => repository.git('diff')),
  driver('merge.evil.driver', 'merge=evil', mergeSides),
  hook('pre-commit', commit),
  hook('post-checkout', ['switch', '--create', 'other']),
  hook('post-index-change', ['add', '--all']),
  hook('reference-transaction', ['update-ref', 'refs/heads/x', 'HEAD']),
  {
    what: 'a filter named in info/attributes',
    set: async ({ repository, commonDir, trap }) => {
      await repository.git('config', 'filter.evil.clean', trap);
      await repository.git('config', 'filter.evil.smudge', trap);
      await mkdir(path.join(commonDir, 'info'), { recursive: true });
      await writeFile(path.join(commonDir, 'info/attributes'), '* filter=evil\n');
    },
    spring: ({ repository }) => repository.git('add', '--all'),
  },
  {
    what: 'a file that the configuration includes',
    set: async ({ repository, directory, trap }) => {
      await writeFile(path.join(directory, 'included'), `[core]\n\tfsmonitor = ${trap}\n`);
      await repository.git('config', 'include.path', path.join(directory, 'included'));
    },
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'a configuration of the worktree',
    set: async ({ repository, trap }) => {
      await repository.git('config', 'extensions.worktreeConfig', 'true');
      await repository.git('config', '--worktree', 'core.fsmonitor', trap);
    },
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'a repository inside the repository',
    local: true,
    set: async ({ repository, trap }) => {
      const nested = openRepository(path.join(repository.path, 'nested'));
      await mkdir(nested.path);
      await nested.git('init', '--quiet');
      await nested.git(...commit);
      await repository.git('add', 'nested');
      await repository.git(...commit);
      await nested.git('config', 'core.fsmonitor', trap);
    },
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'a commondir file that leads elsewhere',
    local: true,
    set: async (prey) => writeFile(path.join(prey.gitDir, 'commondir'), `${await evilRepository(prey)}\n`),
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'a .git file that leads elsewhere',
    local: true,
    set: async (prey) => {
      const link = path.join(prey.repository.path, '.git');
      await rm(link, { recursive: true });
      await writeFile(link, `gitdir: ${await evilRepository(prey)}\n`);
    },
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'a missing object with a remote that promises it',
    set: async ({ repository, commonDir, trap }) => {
      await repository.git('config', 'core.repositoryFormatVersion', '1');
      await repository.git('config', 'extensions.partialClone', 'evil');
      await repository.git('config', 'remote.evil.promisor', 'true');
      await repository.git('config', 'remote.evil.url', repository.path);
      await repository.git('config', 'remote.evil.uploadpack', trap);
      const tree = await repository.git('rev-parse', 'HEAD:a.txt');
      await unlink(path.join(commonDir, 'objects', tree.slice(0, 2), tree.slice(2)));
    },
    spring: ({ repository }) => repository.git('cat-file', '-p', 'HEAD:a.txt'),
  },
  {
    what: 'core.alternateRefsCommand',
    set: async ({ repository, commonDir, directory, trap }) => {
      await repository.git('config', 'core.alternateRefsCommand', trap);
      const other = path.join(directory, 'other.git');
      await repository.git('init', '--quiet', '--bare', other);
      await writeFile(path.join(commonDir, 'objects/info/alternates'), `${other}/objects\n`, { flag: 'a' });
    },
    spring: ({ repository, directory }) =>
      repository
        .git('push', `file://${directory}/other.git`, 'HEAD:refs/heads/x')
        .then(() => repository.git('fetch', `file://${directory}/other.git`, 'x')),
  },
];

async function catchPrey(workspaces: Workspaces) {
  const setup = await setUpWorkspaces(workspaces, { 'a.txt': '1\n', 'b.txt': '1\n' });
  const directory = await temporaryDirectory();
  rubbish.push(setup.user.path, path.dirname(setup.hub.gitDir), directory);
  const made = await setup.make();
  const canary = path.join(directory, 'canary');
  const trap = path.join(directory, 'trap.sh');
  await writeFile(trap, `#!/bin/sh\ntouch ${canary}\n[ $# -eq 0 ] && cat\nexit 0\n`, { mode: 0o755 });
  const repository = made.agent;
  await repository.write({ 'a.txt': 'committed\n' });
  await repository.git('add', '--all');
  await repository.git(...identity, 'commit', '--quiet', '-m', 'work');
  const where = async (what: string) =>
    path.resolve(repository.path, await repository.git('rev-parse', what));
  const prey: Prey = {
    repository,
    directory,
    trap,
    gitDir: await where('--absolute-git-dir'),
    commonDir: await where('--git-common-dir'),
  };
  const hooks = path.join(repository.path, 'hooks-of-the-agent');
  await mkdir(hooks);
  await writeFile(path.join(hooks, 'pre-commit'), `#!/bin/sh\nexec ${trap} x\n`, { mode: 0o755 });
  await repository.write({ 'a.txt': 'uncommitted\n', 'new.txt': '1\n' });
  const sprung = () =>
    access(canary).then(
      () => true,
      () => false,
    );
  return { ...setup, made, prey, sprung };
}

/** All that the daemon does with an agent's commits. */
async function handle(hub: Hub, head: string, change: string, directory: string): Promise<void> {
  await hub.changes(head, change);
  await hub.diff(head, change, 1 << 20);
  const theirs = await hub.commit({
    tree: await hub.treeOf(head),
    parents: [head],
    message: 'x',
    author: someone,
    committer: someone,
  });
  const { tree } = await hub.merge(theirs, change);
  await hub.restorePaths(tree, head, ['a.txt']);
  await hub.messages(head, change);
  await hub.checkout(change, path.join(directory, 'checkout'));
}

const someone = { name: 'x', email: 'x@example.com' };

function withoutTraps(files: string[]): string[] {
  return files.filter((name) => !/^(\.gitattributes|hooks-of-the-agent)/.test(name));
}

describe('a trap in an agent’s own clone is not set off by anything of ours', () => {
  for (const { what, set, spring } of traps) {
    test(what, async () => {
      const { made, prey, sprung, hub, user, head } = await catchPrey(cloneWorkspaces);
      await set(prey);
      await rm(path.join(prey.directory, 'canary'), { force: true }); // setting it may have set it off
      const capture = await made.capture();
      assert.deepEqual(withoutTraps(await made.changed(capture)), ['a.txt', 'new.txt']);
      assert.equal(await hub.readFile(capture.commit, 'a.txt'), 'uncommitted\n');
      await handle(hub, head, capture.commit, prey.directory);
      const target = await openTarget(user.path, hub);
      assert.deepEqual(await target.advance('main', head, capture.commit), { kind: 'moved' });
      assert.equal(await sprung(), false, 'ours set it off');

      await spring(prey).catch(() => {});
      assert.equal(await sprung(), true, 'plain git does not set it off, so that this test shows nothing');
      await cloneWorkspaces.remove(hub, made.workspace);
    });
  }
});

describe('a trap in the git directory that a worktree shares is not set off by work of ours, and is noticed', () => {
  for (const { what, set, spring, local } of traps) {
    test(what, async () => {
      const { made, make, prey, sprung, hub, user, head } = await catchPrey(worktreeWorkspaces);
      const before = await fingerprint(user.path);
      await set(prey);
      await rm(path.join(prey.directory, 'canary'), { force: true });
      const difference = describeDifference(before, await fingerprint(user.path));
      if (local) assert.equal(difference, null);
      else assert.match(difference ?? '', /^In the shared git directory, .+ (is new|changed)/);
      const capture = await made.capture();
      assert.deepEqual(withoutTraps(await made.changed(capture)), ['a.txt', 'new.txt']);
      await handle(hub, head, capture.commit, prey.directory);
      const another = await make('s-2');
      assert.equal((await another.capture()).commit, head);
      await worktreeWorkspaces.remove(hub, another.workspace);
      assert.equal(await sprung(), false, 'ours set it off');

      await spring(prey).catch(() => {});
      assert.equal(await sprung(), true, 'plain git does not set it off, so that this test shows nothing');
    });
  }
});
