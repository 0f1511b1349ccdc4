import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { AoError } from '../../domain/errors.ts';
import { type Git, gitWith, receivePack } from '../../lib/git.ts';
import { KeyedMutex } from '../../lib/keyed-mutex.ts';
import { remember } from '../../lib/remember.ts';
import type { Advance, Hub, Person, Target, TargetFacts } from '../../ports/git.ts';
import { findObstacle } from './obstacle.ts';
import { type UserRepository, worktreesOn } from './user-worktrees.ts';

const inTurn = new KeyedMutex();

/** A push fails for no lasting reason while somebody else makes a worktree: it is seen half made. */
const maxTries = 5;
const pauseMs = 200;

/**
 * `location` is a repository or a directory in one. It is read once with the user's own configuration, so that git
 * itself refuses what belongs to somebody else, as it would on the user's own command line.
 */
export async function openTarget(location: string, hub: Hub): Promise<Target> {
  const ask = gitWith((message, cause) => {
    return new AoError('usage', message, 'Name a directory in a git repository of yours.', { cause });
  });
  const questions = ['--is-bare-repository', '--git-dir', '--git-common-dir'];
  const [bare, gitDir = '', commonDir = ''] = await answers(ask, questions, location);
  const [top = ''] = bare === 'true' ? [gitDir] : await answers(ask, ['--show-toplevel'], location);
  if (top === '')
    throw new AoError('usage', `${location} is a git directory.`, 'Name the directory with your files.');
  const repository = {
    path: await realpath(top),
    gitDir: await realpath(gitDir),
    commonDir: await realpath(commonDir),
    bare: bare === 'true',
  };
  return new UserTarget(repository, hub);
}

/** A line each, unless a path holds a line end itself: then each question is asked alone. */
async function answers(git: Git, questions: readonly string[], cwd: string): Promise<string[]> {
  const args = ['rev-parse', '--path-format=absolute', ...questions];
  const text = (await git(args, { cwd, asUser: true })).stdout.toString().replace(/\n$/, '');
  if (questions.length === 1) return [text];
  const lines = text.split('\n');
  if (lines.length === questions.length) return lines;
  return (await Promise.all(questions.map((question) => answers(git, [question], cwd)))).flat();
}

class UserTarget implements Target {
  readonly #repository: UserRepository;
  readonly #hub: Hub;
  readonly #git: Git;
  /** Three processes, and every commit in the user's name asks. */
  readonly #remembered = remember(1, () => this.#facts());

  constructor(repository: UserRepository, hub: Hub) {
    this.#repository = repository;
    this.#hub = hub;
    const git = gitWith((message, cause) => new AoError('failed', message, null, { cause }));
    this.#git = (args, options) => git(args, { cwd: repository.path, env: { HOME: homedir() }, ...options });
  }

  facts(): Promise<TargetFacts> {
    return this.#remembered('facts');
  }

  async #facts(): Promise<TargetFacts> {
    const [head, name, email] = await Promise.all([
      this.#answer(['symbolic-ref', '--quiet', 'HEAD']),
      this.#answer(['config', '--get', 'user.name'], true),
      this.#answer(['config', '--get', 'user.email'], true),
    ]);
    const person: Person | null = name && email ? { name, email } : null;
    const branch = head?.startsWith('refs/heads/') ? head.slice('refs/heads/'.length) : null;
    return { path: this.#repository.path, branch, person };
  }

  head(branch: string): Promise<string | null> {
    return this.#answer([
      'rev-parse',
      '--quiet',
      '--verify',
      '--end-of-options',
      `refs/heads/${branch}^{commit}`,
    ]);
  }

  advance(branch: string, expected: string, commit: string): Promise<Advance> {
    return inTurn.run(this.#repository.commonDir, () => this.#advance(branch, expected, commit));
  }

  async #advance(branch: string, expected: string, commit: string): Promise<Advance> {
    if (!(await this.#hub.isAncestor(expected, commit)))
      throw new Error(`${commit} does not follow ${expected}`);
    const before = await this.head(branch);
    if (before === commit) return { kind: 'moved' };
    if (before !== expected) return { kind: 'raced', actual: before };
    const move = { branch, expected, commit };
    const look = () => findObstacle(this.#git, this.#hub, this.#repository, move);
    const obstacle = await look();
    if (obstacle !== null) return { kind: 'refused', detail: obstacle };

    const lease = `--force-with-lease=refs/heads/${branch}:${expected}`;
    for (let tries = 1; ; tries += 1) {
      const failure = await this.#push([lease], `${commit}:refs/heads/${branch}`);
      if (failure === null) return { kind: 'moved' };
      // What git says in words differs from version to version: the repository itself tells what became of it.
      const actual = await this.head(branch);
      if (actual === commit) return { kind: 'moved' };
      const left = await this.#undoHalf(branch, expected, commit);
      if (actual !== expected) return { kind: 'raced', actual };
      const detail = left ?? (await look());
      if (detail !== null || tries === maxTries) return { kind: 'refused', detail: detail ?? failure };
      await delay(pauseMs);
    }
  }

  /**
   * Git updates the checkout before it locks the branch, so that a lock in the way leaves files and index of the new
   * commit under the old one. They were clean before: they go back to where the branch is.
   */
  async #undoHalf(branch: string, expected: string, commit: string): Promise<string | null> {
    for (const { path: cwd } of await worktreesOn(this.#repository, branch)) {
      const args = ['diff-index', '--cached', '--quiet', commit, '--']; // 128: the commit did not even arrive
      const index = await this.#git(args, { cwd, allowExit: [1, 128] });
      if (index.exitCode !== 0) continue;
      try {
        await this.#git(['read-tree', '-u', '-m', commit, expected], { cwd });
      } catch {
        return `git changed the files in ${cwd} and then could not move ${branch}; "git stash" there sets them aside`;
      }
    }
    return null;
  }

  async keep(ref: string, commit: string): Promise<void> {
    if (!ref.startsWith('refs/ao/')) throw new Error(`${ref} is not one of our refs`);
    for (let tries = 1; ; tries += 1) {
      const failure = await this.#push([], `+${commit}:${ref}`);
      if (failure === null) return;
      if (tries === maxTries) throw new AoError('failed', failure);
      await delay(pauseMs);
    }
  }

  /** Null when it went well, else what git said. */
  async #push(options: readonly string[], refspec: string): Promise<string | null> {
    const fixed = [
      'push',
      '--quiet',
      '--no-verify',
      '--no-recurse-submodules',
      `--receive-pack=${receivePack}`,
    ];
    try {
      await this.#git([...fixed, ...options, '--', this.#repository.path, refspec], {
        cwd: this.#hub.gitDir,
        gitDir: this.#hub.gitDir,
      });
      return null;
    } catch (error) {
      if (error instanceof AoError) return error.message;
      throw error;
    }
  }

  /** The line that git answers, null where it has nothing to answer. */
  async #answer(args: readonly string[], asUser = false): Promise<string | null> {
    const result = await this.#git(args, { allowExit: [1], ...(asUser ? { asUser, env: {} } : {}) });
    return result.exitCode === 0 ? result.stdout.toString().replace(/\n$/, '') : null;
  }
}
