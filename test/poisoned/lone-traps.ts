import { mkdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openRepository, type TestRepository } from '../support/repositories.ts';
import { commit, evilRepository, identity, type Prey, setting, type Trap } from './prey.ts';

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

async function mergeSides({ repository }: Prey): Promise<void> {
  await repository.git('switch', '--quiet', '--discard-changes', '--create', 'side', 'HEAD~1');
  await repository.write({ 'a.txt': 'side\n', '.gitattributes': '* merge=evil\n' });
  await repository.git('add', '--all');
  await repository.git(...identity, 'commit', '--quiet', '-m', 'side');
  await repository.git(...identity, 'merge', 'ao/s-1');
}

/** Committed as a link to its commit, which exists nowhere else. */
async function nestedRepository(repository: TestRepository): Promise<TestRepository> {
  const nested = openRepository(path.join(repository.path, 'nested'));
  await mkdir(nested.path);
  await nested.git('init', '--quiet');
  await nested.git(...commit);
  await repository.git('add', 'nested');
  await repository.git(...commit);
  return nested;
}

/** Each changes too much for another one to lie beside it. */
export const loneTraps: readonly Trap[] = [
  setting('core.fsmonitor'),
  {
    what: 'core.hooksPath',
    set: async ({ repository, trap }) => {
      const hooks = path.join(repository.path, 'hooks-of-the-agent');
      await mkdir(hooks);
      await writeFile(path.join(hooks, 'pre-commit'), `#!/bin/sh\nexec ${trap} x\n`, { mode: 0o755 });
      await repository.git('config', 'core.hooksPath', 'hooks-of-the-agent');
    },
    spring: ({ repository }) => repository.git(...commit),
  },
  setting('diff.external', '', ['diff']),
  {
    what: 'commit.gpgSign with gpg.program',
    set: async ({ repository, trap }) => {
      await repository.git('config', 'commit.gpgSign', 'true');
      await repository.git('config', 'gpg.program', trap);
    },
    spring: ({ repository }) => repository.git(...commit),
  },
  driver('filter.lfs.clean', 'filter=lfs', ({ repository }) => repository.git('add', '--all')),
  driver('filter.evil.clean', 'filter=evil', ({ repository }) => repository.git('add', '--all')),
  driver('filter.evil.process', 'filter=evil', ({ repository }) => repository.git('add', '--all')),
  driver('filter.evil.smudge', 'filter=evil', ({ repository }) =>
    repository.git('restore', '--source=HEAD~1', 'a.txt'),
  ),
  driver('diff.evil.textconv', 'diff=evil', ({ repository }) => repository.git('diff')),
  driver('diff.evil.command', 'diff=evil', ({ repository }) => repository.git('diff')),
  driver('merge.evil.driver', 'merge=evil', mergeSides),
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
      const nested = await nestedRepository(repository);
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
  {
    what: 'core.attributesFile',
    set: async ({ repository, directory, trap }) => {
      await writeFile(path.join(directory, 'attributes'), '* filter=evil\n');
      await repository.git('config', 'core.attributesFile', path.join(directory, 'attributes'));
      await repository.git('config', 'filter.evil.clean', trap);
    },
    spring: ({ repository }) => repository.git('add', '--all'),
  },
  {
    what: 'a file that the configuration includes under a condition',
    set: async ({ repository, directory, trap }) => {
      await writeFile(path.join(directory, 'included'), `[core]\n\tfsmonitor = ${trap}\n`);
      await repository.git('config', 'includeIf.gitdir:/.path', path.join(directory, 'included'));
    },
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'a .git link that leads elsewhere',
    local: true,
    set: async (prey) => {
      const link = path.join(prey.repository.path, '.git');
      await rm(link, { recursive: true });
      await symlink(await evilRepository(prey), link);
    },
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'a submodule whose .git file leads elsewhere',
    local: true,
    set: async (prey) => {
      const gitDir = await evilRepository(prey);
      const theirs = await openRepository(path.dirname(gitDir)).git('rev-parse', 'HEAD');
      await mkdir(path.join(prey.repository.path, 'nested'));
      await writeFile(path.join(prey.repository.path, 'nested/.git'), `gitdir: ${gitDir}\n`);
      await prey.repository.git('update-index', '--add', '--cacheinfo', `160000,${theirs},nested`);
    },
    spring: ({ repository }) => repository.git('status'),
  },
  {
    what: 'submodule.nested.update',
    set: async ({ repository, trap }) => {
      const nested = await nestedRepository(repository);
      await nested.git(...commit);
      const modules = '[submodule "nested"]\n\tpath = nested\n\turl = ./nested\n';
      await writeFile(path.join(repository.path, '.gitmodules'), modules);
      await repository.git('config', 'submodule.nested.url', nested.path);
      await repository.git('config', 'submodule.nested.update', `!${trap}`);
    },
    spring: ({ repository }) => repository.git('submodule', 'update'),
  },
];
