// An agent may make its repository show something else than what is there. For each lie: plain git is misled, and what we
// take from the workspace, judge and land is what its files hold.
import assert from 'node:assert/strict';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { openTarget } from '../src/adapters/git/target.ts';
import { cloneWorkspaces } from '../src/adapters/workspaces/clone.ts';
import { describeDifference, fingerprint } from '../src/adapters/workspaces/fingerprint.ts';
import { worktreeWorkspaces } from '../src/adapters/workspaces/worktree.ts';
import { git } from '../src/lib/git.ts';
import { catchPrey, commit, identity, type Prey } from './poisoned/prey.ts';
import { openRepository, type TestRepository } from './support/repositories.ts';

interface Lie {
  what: string;
  tell(prey: Prey): Promise<unknown>;
  /** What plain git says now; it differs from what it said before, or git fails. */
  ask: string[];
  /** In the shared git directory of a worktree, so that a landing is stopped. */
  noticed: boolean;
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** A commit with other files and without history, in the agent's own repository. */
async function otherCommit({ repository }: Prey): Promise<string> {
  const blob = await repository.git('hash-object', '-w', 'b.txt');
  const before = await repository.git('write-tree');
  await repository.git('read-tree', '--empty');
  await repository.git('update-index', '--add', '--cacheinfo', `100644,${blob},other.txt`);
  const tree = await repository.git('write-tree');
  await repository.git('read-tree', before);
  return repository.git(...identity, 'commit-tree', '-m', 'other', tree);
}

function config(key: string, value: string, ask: string[]): Lie {
  return {
    what: `${key}=${value}`,
    tell: ({ repository }) => repository.git('config', key, value),
    ask,
    noticed: true,
  };
}

const status = ['status', '--porcelain', '--untracked-files=all'];

const lies: readonly Lie[] = [
  {
    what: 'a replaced commit',
    tell: async (prey) => prey.repository.git('replace', 'HEAD', await otherCommit(prey)),
    ask: ['log', '--format=%s', '--name-only'],
    noticed: true,
  },
  {
    what: 'a replaced blob',
    tell: async ({ repository }) =>
      repository.git('replace', 'HEAD:a.txt', await repository.git('hash-object', '-w', 'a.txt')),
    ask: ['cat-file', '-p', 'HEAD:a.txt'],
    noticed: true,
  },
  {
    what: 'a replaced start',
    tell: async (prey) => prey.repository.git('replace', '--force', 'HEAD~1', await otherCommit(prey)),
    ask: ['diff', '--name-only', 'HEAD~1', 'HEAD'],
    noticed: true,
  },
  {
    what: 'a graft',
    tell: async ({ repository, commonDir }) =>
      put(path.join(commonDir, 'info/grafts'), `${await repository.head()}\n`),
    ask: ['rev-list', 'HEAD'],
    noticed: true,
  },
  {
    what: 'a shallow file',
    tell: async ({ repository, commonDir }) =>
      put(path.join(commonDir, 'shallow'), `${await repository.head()}\n`),
    ask: ['rev-list', 'HEAD'],
    noticed: true,
  },
  {
    what: 'objects that are borrowed from elsewhere',
    tell: async ({ repository, commonDir, directory }) => {
      const other = openRepository(path.join(directory, 'lender'));
      await repository.git('clone', '--quiet', '--no-local', repository.path, other.path);
      await other.git(...commit);
      await writeFile(path.join(commonDir, 'objects/info/alternates'), `${other.path}/.git/objects\n`, {
        flag: 'a',
      });
      await repository.git('update-ref', 'HEAD', await other.head());
    },
    ask: ['log', '--format=%s'],
    noticed: true,
  },
  config('core.worktree', '/', ['rev-parse', '--show-toplevel']),
  config('core.bare', 'true', status),
  config('core.repositoryFormatVersion', '99', status),
  config('extensions.objectFormat', 'sha512', status),
  config('uploadpack.hideRefs', 'refs', ['ls-remote', '.']),
  config('transfer.hideRefs', 'HEAD', ['ls-remote', '.']),
  {
    what: 'files that are ignored',
    tell: ({ commonDir }) => put(path.join(commonDir, 'info/exclude'), '*\n'),
    ask: status,
    noticed: true,
  },
  {
    what: 'core.excludesFile',
    tell: async ({ repository, directory }) => {
      await writeFile(path.join(directory, 'excludes'), '*\n');
      await repository.git('config', 'core.excludesFile', path.join(directory, 'excludes'));
    },
    ask: status,
    noticed: true,
  },
  {
    what: 'a change that the index hides',
    tell: ({ repository }) => repository.git('update-index', '--assume-unchanged', 'a.txt'),
    ask: status,
    noticed: false,
  },
  {
    what: 'a file that the index skips',
    tell: ({ repository }) => repository.git('update-index', '--skip-worktree', 'a.txt'),
    ask: status,
    noticed: false,
  },
  {
    what: 'a split index that has lost its other half',
    tell: async ({ repository, gitDir }) => {
      await repository.git('update-index', '--split-index');
      await writeFile(
        path.join(gitDir, 'index'),
        (await readFile(path.join(gitDir, 'index'))).subarray(0, 40),
      );
    },
    ask: status,
    noticed: false,
  },
  {
    what: 'a head that leads out of the repository',
    tell: ({ gitDir }) => writeFile(path.join(gitDir, 'HEAD'), 'ref: refs/heads/../../../../../etc/passwd\n'),
    ask: ['rev-parse', 'HEAD'],
    noticed: false,
  },
  {
    what: 'a branch that is a link to another one',
    tell: async ({ repository, commonDir }) => {
      await repository.git('branch', 'elsewhere', await otherCommit({ repository } as Prey));
      const branch = (await repository.git('symbolic-ref', 'HEAD')).trim();
      await put(path.join(commonDir, branch), 'ref: refs/heads/elsewhere\n');
    },
    ask: ['log', '--format=%s'],
    noticed: false,
  },
  {
    what: 'packed refs with names that no git makes',
    tell: async ({ repository, commonDir }) => {
      const head = await repository.head();
      const names = [
        'refs/heads/../../x',
        'refs/heads/a..b',
        'refs/heads/-x',
        'refs/heads/x.lock',
        'refs/heads/ao',
        'HEAD',
        'refs/ao/rescue/x',
      ];
      const lines = names.map((name) => `${head} ${name}`);
      await writeFile(
        path.join(commonDir, 'packed-refs'),
        `# pack-refs with: peeled fully-peeled \n${lines.join('\n')}\n`,
      );
    },
    ask: ['for-each-ref'],
    noticed: false,
  },
];

const kinds = [cloneWorkspaces, worktreeWorkspaces];

for (const workspaces of kinds) {
  describe(`a lie in the git directory of a ${workspaces.kind}: what lands is what its files hold`, () => {
    for (const { what, tell, ask, noticed } of lies) {
      test(what, async (t) => {
        const { made, snares, hub, user, head, directory, clean } = await catchPrey(workspaces, [
          { what, set: tell, spring: tell },
        ]);
        t.after(clean);
        const [snare] = snares;
        assert.ok(snare);
        const told = (one: TestRepository) =>
          one.git(...ask).catch((error: Error) => `failed: ${error.message}`);
        const plain = async () => `${await told(snare.prey.repository)}\n${await told(user)}`;
        const [before, print] = [await plain(), await fingerprint(user.path)];
        await tell(snare.prey);
        assert.notEqual(await plain(), before, 'plain git is not misled, so that this test shows nothing');

        const capture = await made.capture();
        assert.deepEqual(
          (await made.changed(capture)).filter((name) => name !== 'other.txt'),
          ['a.txt', 'new.txt'],
        );
        assert.equal(await hub.readFile(capture.commit, 'a.txt'), 'uncommitted\n');
        assert.match(await hub.diff(head, capture.commit, 1 << 20), /^-1\n\+uncommitted$/m);
        assert.equal(await hub.isAncestor(head, capture.commit), true);
        await rm(path.join(directory, 'lender'), { recursive: true, force: true });
        await git(['fsck', '--connectivity-only', '--no-dangling'], { gitDir: hub.gitDir });
        const refs = (await hub.listRefs('refs/')).filter(
          ({ ref }) => !/^refs\/ao\/(target|sessions|rescue)\//.test(ref),
        );
        assert.deepEqual(refs, []);
        await assert.rejects(access(path.join(hub.gitDir, 'shallow')));
        if (workspaces.kind === 'clone') {
          const target = await openTarget(user.path, hub);
          assert.deepEqual(await target.advance('main', head, capture.commit), { kind: 'moved' });
          assert.equal(await user.git('show', 'HEAD:a.txt'), 'uncommitted');
          return;
        }
        const difference = await fingerprint(user.path).then(
          (now) => describeDifference(print, now),
          (error: unknown) => String(error),
        );
        assert.equal(difference !== null, noticed, String(difference));
      });
    }
  });
}
