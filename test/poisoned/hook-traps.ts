import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commit, identity, type Prey, type Trap } from './prey.ts';

function hook(name: string, spring: (prey: Prey) => Promise<unknown>): Trap {
  return {
    what: `the hook ${name}`,
    set: async ({ commonDir, trap }) => {
      await mkdir(path.join(commonDir, 'hooks'), { recursive: true });
      await writeFile(path.join(commonDir, 'hooks', name), `#!/bin/sh\nexec ${trap} x\n`, { mode: 0o755 });
    },
    spring,
  };
}

function by(...args: string[]): Trap['spring'] {
  return ({ repository }) => repository.git(...args);
}

/** What git runs on a push into the repository. */
function pushed(ref = 'refs/heads/pushed'): Trap['spring'] {
  return async ({ repository }) =>
    repository.git('push', '--force', repository.path, `${await child({ repository })}:${ref}`);
}

async function child({ repository }: Pick<Prey, 'repository'>): Promise<string> {
  return repository.git(
    ...identity,
    'commit-tree',
    'HEAD^{tree}',
    '-p',
    'HEAD',
    '-m',
    String(performance.now()),
  );
}

/** They lie side by side and each has a canary of its own. Those that move the branch come last. */
export const hookTraps: readonly Trap[] = [
  hook('pre-commit', by(...commit)),
  hook('prepare-commit-msg', by(...commit)),
  hook('commit-msg', by(...commit)),
  hook('post-commit', by(...commit)),
  hook('post-checkout', by('switch', '--create', 'other')),
  hook('post-index-change', by('add', '--all')),
  hook('reference-transaction', by('update-ref', 'refs/heads/x', 'HEAD')),
  hook('pre-receive', pushed()),
  hook('update', pushed()),
  hook('post-receive', pushed()),
  hook('post-update', pushed()),
  {
    ...hook('proc-receive', pushed('refs/for/x')),
    set: async (prey) => {
      await hook('proc-receive', by()).set(prey);
      await prey.repository.git('config', 'receive.procReceiveRefs', 'refs/for');
    },
  },
  {
    ...hook('push-to-checkout', async (prey) =>
      pushed(await prey.repository.git('symbolic-ref', 'HEAD'))(prey),
    ),
    set: async (prey) => {
      await hook('push-to-checkout', by()).set(prey);
      await prey.repository.git('config', 'receive.denyCurrentBranch', 'updateInstead');
    },
  },
  hook('pre-push', async ({ repository, directory }) => {
    await repository.git('init', '--quiet', '--bare', path.join(directory, 'remote.git'));
    await repository.git('push', path.join(directory, 'remote.git'), 'HEAD:refs/heads/x');
  }),
  hook('post-rewrite', by(...commit, '--amend')),
  hook('post-merge', async (prey) => prey.repository.git('merge', await child(prey))),
  hook('pre-rebase', async ({ repository }) => {
    await repository.git('reset', '--quiet', '--hard');
    await repository.git(...identity, 'rebase', '--no-ff', 'HEAD~1');
  }),
  hook('applypatch-msg', async ({ repository, directory }) => {
    await repository.git(...identity, 'commit', '--allow-empty', '-m', 'base');
    await repository.write({ 'patched.txt': '1\n' });
    await repository.git('add', 'patched.txt');
    await repository.git(...commit);
    const patch = await repository.git('format-patch', '-1', '-o', directory);
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    await repository.git(...identity, 'am', patch);
  }),
];
