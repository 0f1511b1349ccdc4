import assert from 'node:assert/strict';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Hub } from '../../src/ports/git.ts';
import type { Workspaces } from '../../src/ports/workspace.ts';
import { setUpWorkspaces } from '../contracts/workspaces.contract.ts';
import { openRepository, type TestRepository, temporaryDirectory } from '../support/repositories.ts';

export interface Prey {
  /** The agent's repository, with plain git. */
  repository: TestRepository;
  /** Git directory of the workspace, and the one with configuration and hooks. */
  gitDir: string;
  commonDir: string;
  /** A program that leaves the canary's mark and passes on what it reads. */
  trap: string;
  directory: string;
}

export interface Trap {
  what: string;
  set(prey: Prey): Promise<unknown>;
  /** What plain git runs into it with; it may fail. */
  spring(prey: Prey): Promise<unknown>;
  /** Not in the files that a fingerprint covers: it works only in the workspace itself. */
  local?: true;
}

export const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
export const commit = [...identity, 'commit', '--allow-empty', '-m', 'x'];

export function setting(key: string, value = '', spring: string[] = ['status']): Trap {
  return {
    what: key,
    set: ({ repository, trap }) => repository.git('config', key, value.replace('TRAP', trap) || trap),
    spring: ({ repository }) => repository.git(...spring),
  };
}

interface Snare {
  trap: Trap;
  prey: Prey;
  sprung(): Promise<boolean>;
  /** Puts the canary back. */
  reset(): Promise<void>;
}

/** A workspace of the kind with committed and uncommitted work in it, and a canary of its own for each trap. */
export async function catchPrey(workspaces: Workspaces, traps: readonly Trap[]) {
  const setup = await setUpWorkspaces(workspaces, { 'a.txt': '1\n', 'b.txt': '1\n' });
  const directory = await temporaryDirectory();
  const rubbish = [setup.user.path, path.dirname(setup.hub.gitDir), directory];
  const made = await setup.make();
  const repository = made.agent;
  await repository.write({ 'a.txt': 'committed\n' });
  await repository.git('add', '--all');
  await repository.git(...identity, 'commit', '--quiet', '-m', 'work');
  const where = async (what: string) =>
    path.resolve(repository.path, await repository.git('rev-parse', what));
  const [gitDir, commonDir] = [await where('--absolute-git-dir'), await where('--git-common-dir')];
  await repository.write({ 'a.txt': 'uncommitted\n', 'new.txt': '1\n' });
  const snares = await Promise.all(
    traps.map(async (trap, index): Promise<Snare> => {
      const canary = path.join(directory, `canary-${index}`);
      const program = path.join(directory, `trap-${index}.sh`);
      const text = `#!/bin/sh\ntouch ${canary}\n[ $# -eq 0 ] && cat\nexit 0\n`;
      await writeFile(program, text, { mode: 0o755 });
      const sprung = () =>
        access(canary).then(
          () => true,
          () => false,
        );
      const prey: Prey = { repository, directory, trap: program, gitDir, commonDir };
      return { trap, prey, sprung, reset: () => rm(canary, { force: true }) };
    }),
  );
  const clean = () => Promise.all(rubbish.map((one) => rm(one, { recursive: true, force: true })));
  return { ...setup, made, snares, directory, clean };
}

/** None of them went off, and by plain git each does: else it would show nothing. */
export async function assertOnlyPlainGitSprings(snares: readonly Snare[]): Promise<void> {
  for (const { trap, sprung } of snares) assert.equal(await sprung(), false, `ours set off ${trap.what}`);
  for (const { trap, prey, sprung, reset } of snares) {
    await reset();
    const said = await trap.spring(prey).catch(String);
    assert.equal(await sprung(), true, `plain git does not set off ${trap.what}: ${said}`);
  }
}

const someone = { name: 'x', email: 'x@example.com' };

/** All that the daemon does with an agent's commits. */
export async function handle(hub: Hub, head: string, change: string, directory: string): Promise<void> {
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

/** A repository of somebody else's making, with a commit and a trap in it; its git directory. */
export async function evilRepository({ directory, trap }: Prey): Promise<string> {
  const evil = openRepository(path.join(directory, 'evil'));
  await mkdir(evil.path);
  await evil.git('init', '--quiet');
  await evil.git(...commit);
  await evil.git('config', 'core.fsmonitor', trap);
  return path.join(evil.path, '.git');
}
