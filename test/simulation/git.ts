import type { FileChange } from '../../src/domain/change.ts';
import { AoError } from '../../src/domain/errors.ts';
import type { Advance, CommitSpec, Hub, MergeResult, Target } from '../../src/ports/git.ts';
import { type Files, linesOf } from './project.ts';
import type { Life, Scheduler } from './scheduler.ts';

export interface Commit {
  id: string;
  number: number;
  tree: string;
  parents: string[];
  message: string;
}

/** All git of a simulated machine: objects, our refs, and the user's branch and checkout. */
export class Git {
  readonly commits = new Map<string, Commit>();
  readonly refs = new Map<string, string>();
  /** The user's branch and whether the checkout of it has unsaved edits. */
  branch: string;
  dirty = false;
  readonly #trees = new Map<string, Files>();
  readonly #treeIds = new Map<string, string>();

  constructor(files: Files) {
    this.branch = this.add(this.treeOf(files), [], 'first');
  }

  treeOf(files: Files): string {
    const key = JSON.stringify([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#treeIds.get(key);
    if (known !== undefined) return known;
    const id = `tree${this.#treeIds.size}`;
    this.#treeIds.set(key, id);
    this.#trees.set(id, new Map(files));
    return id;
  }

  add(tree: string, parents: string[], message: string): string {
    const number = this.commits.size + 1;
    const id = `${number.toString(16).padStart(6, '0')}${'c'.repeat(34)}`;
    this.commits.set(id, { id, number, tree, parents, message });
    return id;
  }

  commit(id: string): Commit {
    const commit = this.commits.get(id);
    if (commit === undefined) throw new AoError('failed', `git: bad object ${id}`);
    return commit;
  }

  /** Of a commit or a tree. */
  files(revision: string): Files {
    return this.#trees.get(revision) ?? this.#trees.get(this.commit(revision).tree) ?? new Map();
  }

  ancestors(id: string): Set<string> {
    const all = new Set<string>();
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (all.has(next)) continue;
      all.add(next);
      open.push(...this.commit(next).parents);
    }
    return all;
  }

  merge(ours: string, theirs: string): MergeResult {
    const mine = this.ancestors(ours);
    const shared = [...this.ancestors(theirs)].filter((id) => mine.has(id)).map((id) => this.commit(id));
    const base = shared.reduce((best, commit) => (commit.number > best.number ? commit : best));
    const [was, left, right] = [this.files(base.id), this.files(ours), this.files(theirs)];
    const merged = new Map<string, string>();
    const conflicts: string[] = [];
    for (const path of new Set([...left.keys(), ...right.keys()])) {
      const [b, l, r] = [was.get(path), left.get(path), right.get(path)];
      const content = l === r || b === r ? l : b === l ? r : withMarkers(l, r);
      if (l !== r && b !== r && b !== l) conflicts.push(path);
      if (content !== undefined) merged.set(path, content);
    }
    return { tree: this.treeOf(merged), conflicts };
  }
}

function withMarkers(ours = '', theirs = ''): string {
  return `<<<<<<< ours\n${ours}=======\n${theirs}>>>>>>> theirs\n`;
}

function changesBetween(from: Files, to: Files): FileChange[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].filter(
    (path) => from.get(path) !== to.get(path),
  );
  return paths.map((path): FileChange => {
    const [before, after] = [linesOf(from.get(path)), linesOf(to.get(path))];
    const status = !from.has(path) ? 'added' : !to.has(path) ? 'deleted' : 'modified';
    const added = without(after, before);
    const removed = without(before, after);
    const mode = status === 'deleted' ? null : '100644';
    return { path, oldPath: null, status, binary: false, bytes: 0, added, removed, mode };
  });
}

/** A line that was there once and is there twice was added once. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** What a hub needs of the world beside git itself. */
export interface HubSurroundings {
  scheduler: Scheduler;
  life: Life;
  git: Git;
  /** A checkout of a tree appeared in a directory. */
  onCheckout(directory: string, files: Files): void;
}

export function makeHub({ scheduler, life, git, onCheckout }: HubSurroundings): Hub {
  const ask = <T>(effect: () => T): Promise<T> =>
    scheduler.call(life, effect, scheduler.random.between(0, scheduler.gitMs));
  const write = <T>(effect: () => T): Promise<T> => ask(() => scheduler.write('git', effect));
  const tree = (revision: string): string => git.commits.get(revision)?.tree ?? revision;
  return {
    gitDir: '/home/hub.git',
    fetchTarget: () => ask(() => git.branch),
    fetchFrom: () => ask(() => git.branch),
    treeOf: (commit) => ask(() => git.commit(commit).tree),
    isAncestor: (ancestor, commit) => ask(() => git.ancestors(commit).has(ancestor)),
    merge: (ours, theirs) => write(() => git.merge(ours, theirs)),
    commit: (spec: CommitSpec) => write(() => git.add(spec.tree, spec.parents, spec.message)),
    restorePaths: (from, source, paths) =>
      ask(() => {
        const files = new Map(git.files(from));
        for (const path of paths) {
          const content = git.files(source).get(path);
          if (content === undefined) files.delete(path);
          else files.set(path, content);
        }
        return git.treeOf(files);
      }),
    changes: (from, to) => ask(() => changesBetween(git.files(from), git.files(to))),
    diff: () => ask(() => ''),
    readFile: (revision, path) => ask(() => git.files(tree(revision)).get(path) ?? null),
    listFiles: (revision) => ask(() => [...git.files(revision).keys()]),
    messages: () => ask(() => []),
    setRef: (ref, commit) => write(() => void git.refs.set(ref, git.commit(commit).id)),
    readRef: (ref) => ask(() => git.refs.get(ref) ?? null),
    deleteRef: (ref) => ask(() => void git.refs.delete(ref)),
    listRefs: (prefix) =>
      ask(() =>
        [...git.refs]
          .filter(([ref]) => ref.startsWith(prefix))
          .map(([ref, commit]) => ({ ref, commit, at: 0 })),
      ),
    checkout: (revision, directory) => write(() => onCheckout(directory, git.files(revision))),
  };
}

/** `beforeMove` sees every landing that the user's repository would take. */
export function makeTarget(
  { scheduler, life, git }: HubSurroundings,
  beforeMove: (from: string, to: string) => void,
): Target {
  const advance = (expected: string, commit: string): Advance => {
    if (git.branch !== expected) return { kind: 'raced', actual: git.branch };
    if (git.dirty) return { kind: 'refused', detail: 'your checkout has changes of its own' };
    beforeMove(expected, commit);
    git.branch = commit;
    return { kind: 'moved' };
  };
  return {
    facts: () => scheduler.call(life, () => ({ path: '/repository', branch: 'main', person: null })),
    head: () => scheduler.call(life, () => git.branch),
    advance: (_branch, expected, commit) =>
      scheduler.call(life, () => advance(expected, commit), scheduler.random.between(0, 20)),
    keep: (ref, commit) => scheduler.call(life, () => void git.refs.set(ref, commit)),
  };
}
