import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AoError } from '../../domain/errors.ts';
import { makeBorrowingRepository } from '../../lib/borrowing-repository.ts';
import { type Git, gitWith, uploadPack } from '../../lib/git.ts';
import { KeyedMutex } from '../../lib/keyed-mutex.ts';
import { remember } from '../../lib/remember.ts';
import { pathFromBytes, splitAtNul } from '../../lib/path-bytes.ts';
import type { CommitSpec, Hub, MergeResult } from '../../ports/git.ts';
import { readChanges } from './changes.ts';
import { ObjectReader } from './object-reader.ts';
import { FileReader } from './read-files.ts';
import { listRefs, restorePaths } from './trees.ts';

/** The user's repository may be large, and comes whole the first time. */
const targetTimeoutMs = 60 * 60_000;

/** Of an agent's only the new is fetched; it may have put a pipe where git expects a file, and waits for ever. */
const agentTimeoutMs = 2 * 60_000;

const inTurn = new KeyedMutex();

const REMEMBERED = 1024;
/** Each may have tens of thousands of paths. */
const REMEMBERED_LISTS = 8;

/** Makes the repository when there is none. `userRepository` is what `fetchTarget` reads. */
export async function openHub(spec: { gitDir: string; userRepository: string }): Promise<Hub> {
  const git = gitWith((message, cause) => new AoError('failed', message, null, { cause }));
  await inTurn.run(spec.gitDir, () => create(git, spec));
  return new BareHub(git, spec);
}

async function create(
  git: Git,
  { gitDir, userRepository }: { gitDir: string; userRepository: string },
): Promise<void> {
  const made = path.join(gitDir, 'ao');
  const exists = await access(made).then(
    () => true,
    () => false,
  );
  if (exists) return;
  const format = await objectFormatOf(userRepository);
  await mkdir(gitDir, { recursive: true, mode: 0o700 });
  const options = ['--quiet', '--bare', '--template=', '--initial-branch=main', `--object-format=${format}`];
  await git(['init', ...options, '.'], { cwd: gitDir });
  await mkdir(made, { recursive: true, mode: 0o700 }); // last, so that a half-made one is made again
}

async function objectFormatOf(userRepository: string): Promise<string> {
  const ask = gitWith((message, cause) => {
    return new AoError('usage', message, 'Name a directory in a git repository of yours.', { cause });
  });
  return (await ask(['rev-parse', '--show-object-format'], { cwd: userRepository, asUser: true })).stdout
    .toString()
    .trim();
}

class BareHub implements Hub {
  readonly gitDir: string;
  readonly #userRepository: string;
  readonly #git: Git;

  readonly #files: FileReader;

  /** Objects never change, and the same few commits are asked for again and again. */
  readonly treeOf = remember(REMEMBERED, (commit) => this.#files.treeOf(commit));
  readonly listFiles = remember(REMEMBERED_LISTS, async (revision) => {
    return this.#files.list(await this.treeOf(revision));
  });

  constructor(git: Git, spec: { gitDir: string; userRepository: string }) {
    this.gitDir = spec.gitDir;
    this.#userRepository = spec.userRepository;
    this.#git = (args, options) => git(args, { gitDir: spec.gitDir, ...options });
    this.#files = new FileReader(new ObjectReader(spec.gitDir));
  }

  fetchTarget(branch: string): Promise<string | null> {
    const [source, ref] = [`refs/heads/${branch}`, `refs/ao/target/${branch}`];
    return inTurn.run(this.gitDir, async () => {
      try {
        return await this.#fetch(this.#userRepository, source, { ref, check: false });
      } catch (error) {
        if (await this.#offers(this.#userRepository, source)) throw error;
        return null;
      }
    });
  }

  async #offers(repository: string, ref: string): Promise<boolean> {
    const { stdout } = await this.#git(['ls-remote', `--upload-pack=${uploadPack}`, '--', repository, ref]);
    return stdout
      .toString()
      .split('\n')
      .some((line) => line.endsWith(`\t${ref}`));
  }

  fetchFrom(repository: string, revision: string, ref: string): Promise<string> {
    return this.#fetch(repository, revision, { ref, check: true });
  }

  /** `check`: refuse objects that no git makes (a tree with `.git` or `..` in it). Old histories hold odd ones. */
  async #fetch(repository: string, revision: string, into: { ref: string; check: boolean }): Promise<string> {
    const args = [
      '-c',
      `fetch.fsckObjects=${into.check}`,
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
    ];
    args.push('--no-recurse-submodules', '--force', `--upload-pack=${uploadPack}`);
    if (!into.check) args.push('--update-shallow'); // an agent that cuts off its history must not cut off ours
    const signal = AbortSignal.timeout(into.check ? agentTimeoutMs : targetTimeoutMs);
    await this.#git([...args, '--', repository, `+${revision}:${into.ref}`], { signal });
    const commit = await this.readRef(into.ref);
    if (commit === null) throw new AoError('failed', `${revision} of ${repository} could not be fetched.`);
    return commit;
  }

  async isAncestor(ancestor: string, commit: string): Promise<boolean> {
    if (ancestor === commit) return true;
    const result = await this.#git(['merge-base', '--is-ancestor', ancestor, commit], { allowExit: [1] });
    return result.exitCode === 0;
  }

  async merge(ours: string, theirs: string): Promise<MergeResult> {
    const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
    const result = await this.#git(args, { allowExit: [1] });
    const [tree, ...conflicts] = splitAtNul(result.stdout).map(pathFromBytes);
    if (tree === undefined) throw new Error('git merge-tree named no tree');
    return { tree, conflicts: result.exitCode === 0 ? [] : conflicts.filter((conflict) => conflict !== '') };
  }

  commit(spec: CommitSpec): Promise<string> {
    const parents = spec.parents.flatMap((parent) => ['-p', parent]);
    const env = {
      GIT_AUTHOR_NAME: spec.author.name,
      GIT_AUTHOR_EMAIL: spec.author.email,
      GIT_COMMITTER_NAME: spec.committer.name,
      GIT_COMMITTER_EMAIL: spec.committer.email,
    };
    return this.#line(['commit-tree', ...parents, '-F', '-', spec.tree], { input: spec.message, env });
  }

  restorePaths(tree: string, from: string, paths: readonly string[]): Promise<string> {
    return restorePaths(this.#git, this.gitDir, { tree, from, paths });
  }

  changes(from: string, to: string) {
    return readChanges(this.#git, from, to);
  }

  async diff(from: string, to: string, maxBytes: number): Promise<string> {
    const args = [
      'diff-tree',
      '-r',
      '-p',
      '-M',
      '--no-ext-diff',
      '--no-textconv',
      '--ignore-submodules=none',
    ];
    const { stdout, cut } = await this.#git([...args, from, to, '--'], { maxBytes, cut: true });
    return stdout.toString('utf8', 0, cut ? stdout.lastIndexOf(0x0a) + 1 : stdout.length);
  }

  async readFile(revision: string, file: string): Promise<string | null> {
    return this.#files.text(await this.treeOf(revision), file);
  }

  async messages(from: string, to: string): Promise<string[]> {
    const args = [
      'log',
      '--reverse',
      '--topo-order',
      '-z',
      '--format=tformat:%B',
      '--no-notes',
      `${from}..${to}`,
      '--',
    ];
    return splitAtNul((await this.#git(args)).stdout).map((message) => message.toString().trimEnd());
  }

  async setRef(ref: string, commit: string): Promise<void> {
    await this.#git(['update-ref', '--no-deref', ref, commit]);
  }

  async readRef(ref: string): Promise<string | null> {
    const result = await this.#git(['rev-parse', '--quiet', '--verify', '--end-of-options', ref], {
      allowExit: [1],
    });
    return result.exitCode === 0 ? result.stdout.toString().trim() : null;
  }

  async deleteRef(ref: string): Promise<void> {
    await this.#git(['update-ref', '--no-deref', '-d', ref]);
  }

  listRefs(prefix: string) {
    return listRefs(this.#git, prefix);
  }

  async checkout(revision: string, directory: string): Promise<void> {
    const commit = await this.#commitFor(revision);
    try {
      await makeBorrowingRepository({ directory, from: this.gitDir, tree: revision, head: commit });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new AoError('failed', `${directory} could not be made from ${revision}: ${why}`, null, {
        cause: error,
      });
    }
  }

  /** A check may ask git for the commit that it is on; a tree without one gets one that says nothing. */
  async #commitFor(revision: string): Promise<string> {
    if ((await this.treeOf(revision)) !== revision) return revision;
    const env = { GIT_AUTHOR_DATE: '@0 +0000', GIT_COMMITTER_DATE: '@0 +0000' };
    return this.#line(['commit-tree', '-m', 'tree under test', revision], { env });
  }

  async #line(args: readonly string[], options?: Parameters<Git>[1]): Promise<string> {
    return (await this.#git(args, options)).stdout.toString().trim();
  }
}
