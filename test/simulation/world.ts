import { AoError } from '../../src/domain/errors.ts';
import type { World } from '../../src/engine/context.ts';
import { makeLayout } from '../../src/engine/layout.ts';
import type { Agent } from '../../src/ports/agent.ts';
import type { Checks } from '../../src/ports/checks.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Workspaces } from '../../src/ports/workspace.ts';
import { CLOSED } from './agents.ts';
import { type Git, type HubSurroundings, makeHub, makeTarget } from './git.ts';
import type { Machine } from './machine.ts';
import { type Project, runCheck } from './project.ts';
import type { Rules } from './rules.ts';
import { makeRuntime } from './runtime.ts';
import type { Life, Scheduler } from './scheduler.ts';
import { talkative } from './talkative.ts';

/** What stays when a daemon dies. */
export interface Surroundings {
  scheduler: Scheduler;
  git: Git;
  machine: Machine;
  project: Project;
  rules: Rules;
  store: Store;
}

/** Everything outside the engine, as the daemon of one life sees it. */
export function makeWorld(around: Surroundings, life: Life): World {
  const { scheduler, machine, rules } = around;
  const hub: HubSurroundings = {
    ...around,
    life,
    onCheckout: (path, files) => {
      machine.directories.set(path, { files: new Map(files), start: null, saved: null });
    },
  };
  const workspaces = makeWorkspaces(around, life);
  const runtime = makeRuntime(scheduler, machine, life);
  return {
    store: watchedStore(around, life),
    clock: scheduler.clock,
    layout: makeLayout('/home'),
    findRuntime: () => runtime,
    findAgent: (name) =>
      name === agent.name
        ? agent
        : talkative(scheduler.elements.dialog?.whileBusy ?? null, scheduler.elements.takesUp),
    workspaces: { clone: workspaces, worktree: workspaces },
    checks: makeChecks(around, life),
    setup: {
      prepare: ({ signal }) =>
        scheduler.call(
          life,
          () => scheduler.write('files', () => ({ env: {} })),
          scheduler.random.between(0, 100),
          signal,
        ),
    },
    openHub: () => scheduler.call(life, () => makeHub(hub)),
    openTarget: () => scheduler.call(life, () => makeTarget(hub, (from, to) => rules.beforeMove(from, to))),
    memoryAvailableBytes: () => (scheduler.elements.hasMemory(scheduler.random) ? 64e9 : 1e9),
    disk: { shortage: () => diskTrouble(scheduler), trouble: () => diskTrouble(scheduler) },
    mostOutputBytes: 1e9,
    sessionLogs: {
      append: () => () => {},
      size: async () => null,
      read: async () => new Uint8Array(),
      lastLines: async () => 0,
    },
    log: (event, fields) => logged(scheduler, event, fields),
    markPrefix: 'simulation',
  };
}

function diskTrouble({ elements, elapsed }: Scheduler): string | null {
  return elements.isFull(elapsed) ? 'the disk is full' : null;
}

const UNREADABLE = `permission denied: ${CLOSED}`;
const ofTheDisk = [
  'disk.blocked',
  'disk.free',
  'disk.untold',
  'job.waits',
  'job.again',
  'run.waits',
  'run.still_waits',
];

/** Nothing fails here that the engine could not expect: a job that fails is a bug, unless it was given up. */
function logged(scheduler: Scheduler, event: string, fields: Record<string, unknown>): void {
  const text = String(fields['error'] ?? '');
  scheduler.note(`${event} ${text.split('\n').slice(0, 3).join(' ')}`);
  if (scheduler.elements.hasSpells && ofTheDisk.includes(event)) return;
  if (event === 'job.failed' && text.includes(UNREADABLE)) return;
  if (/aborted/.test(text) || event === 'workspace.kept') return;
  if (event === 'kept.unusable' && !text.includes('No space left')) return;
  scheduler.violation ??= new Error(`${event} ${String(fields['job'] ?? '')}: ${text}`);
}

const agent: Agent = {
  name: 'simulated',
  capabilities: { dialog: false, whileBusy: null, takesUp: null },
  environment: [],
  accountEnvironment: null,
  launch: () => ({ argv: ['./agent'], env: {}, input: '' }),
  begin: () => ({ state: null, replies: [] }),
  interpret: (bytes) => ({
    state: null,
    observations: bytes.includes('TASK COMPLETE') ? [{ kind: 'claim', text: 'TASK COMPLETE' }] : [],
    replies: [],
  }),
  encode: () => null,
};

/** The memory store; what is written goes past the rules. */
function watchedStore({ scheduler, rules, store }: Surroundings, life: Life): Store {
  return {
    get: (kind, id) => scheduler.call(life, () => store.get(kind, id)).then((row) => row),
    list: (kind, filter) => scheduler.call(life, () => store.list(kind, filter)).then((rows) => rows),
    commit: async (writes, events) => {
      return scheduler.call(life, async () => {
        const done = scheduler.write('rows', () => store.commit(writes, events)); // written at once, told later
        if (await done) {
          try {
            rules.committed(writes, events);
          } catch (error) {
            scheduler.violation ??= error instanceof Error ? error : new Error(String(error));
          }
        }
        return done;
      });
    },
    events: (after, filter, limit) => store.events(after, filter, limit),
    lastSeq: () => store.lastSeq(),
    close: () => store.close(),
  };
}

function makeChecks({ scheduler, machine, project, git, rules }: Surroundings, life: Life): Checks {
  const { random } = scheduler;
  return {
    run: ({ spec, root, signal }) => {
      if (signal.aborted) return Promise.reject(signal.reason);
      const finish = () => {
        const directory = machine.directories.get(root);
        if (directory === undefined) return scheduler.violate(`a check runs in ${root}, which is gone`);
        const tree = git.treeOf(directory.files);
        rules.tested.set(tree, (rules.tested.get(tree) ?? new Set()).add(spec.name));
        return runCheck(spec.name, project, directory.files, random);
      };
      return scheduler.call(life, finish, random.pick([5, 100, 2_000]) + random.between(0, 500), signal);
    },
    detect: () => scheduler.call(life, () => []),
  };
}

function makeWorkspaces({ scheduler, machine, git }: Surroundings, life: Life): Workspaces {
  const { directories } = machine;
  const isUnsaved = (path: string): boolean => {
    const directory = directories.get(path);
    return directory !== undefined && directory.saved !== machine.contents(path);
  };
  const mustBeLeft = (path: string): void => {
    if (machine.living().some(({ workspace }) => workspace === path))
      scheduler.violate(`a living agent works in ${path}`);
  };
  return {
    kind: 'clone',
    make: ({ path, branch, commit }) =>
      scheduler.call(
        life,
        () => {
          if (isUnsaved(path)) scheduler.violate(`unsaved work is overwritten: ${path}`);
          if (scheduler.random.chance(0.02)) throw new AoError('failed', 'no workspace can be made');
          scheduler.write('git', () => {});
          directories.set(path, { files: new Map(git.files(commit)), start: commit, saved: null });
          const made = directories.get(path);
          if (made !== undefined) made.saved = machine.contents(path);
          return { kind: 'clone', path, branch, start: commit };
        },
        scheduler.random.between(0, 200),
      ),
    capture: (_hub, { workspace, name, message }) =>
      scheduler.call(
        life,
        () => {
          const directory = directories.get(workspace.path);
          if (directory === undefined) throw new AoError('failed', `${workspace.path} is gone`);
          mustBeLeft(workspace.path);
          if (directory.files.has(CLOSED)) throw new AoError('failed', UNREADABLE);
          const start = directory.start ?? git.branch;
          const tree = scheduler.write('git', () => git.treeOf(directory.files));
          const same = tree === git.commit(start).tree;
          const commit = same ? start : git.add(tree, [start], `${message} `);
          git.refs.set(`refs/ao/sessions/${name}`, commit);
          directory.saved = machine.contents(workspace.path);
          return { commit, tree, uncommitted: !same };
        },
        scheduler.random.between(0, 50),
      ),
    remove: (_hub, { path }) =>
      scheduler.call(life, () => {
        if (isUnsaved(path)) scheduler.violate(`unsaved work is removed: ${path}`);
        mustBeLeft(path);
        directories.delete(path);
      }),
    fingerprint: () => scheduler.call(life, () => null),
    difference: () => null,
  };
}
