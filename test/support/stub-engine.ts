import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openMemoryStore } from '../../src/adapters/stores/memory/index.ts';
import { sessionView } from './session-view.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { AoError } from '../../src/domain/errors.ts';
import type { Engine, RunView, SessionView } from '../../src/engine/engine.ts';

export interface StubEngine extends Engine {
  /** Appends a row, as the real engine would when something happens. */
  happen(type: string, run?: string): Promise<void>;
  /** Calls of `changed` that still wait. */
  waiting(): number;
  /** Shown as the run's activity. */
  setActivity(text: string): void;
}

const session = sessionView();

/** Stands in for the engine where the daemon and the API are tested: one run that does nothing but has a log. */
export function stubEngine(home: string): StubEngine {
  const store = openMemoryStore(systemClock);
  const waiters = new Set<() => void>();
  let activity = 'idle';
  const happen = async (type: string, run = 'run-1'): Promise<void> => {
    await store.commit([], [{ run, task: null, session: null, type, body: { note: 'ünï\n\ncode' } }]);
    for (const wake of waiters) wake();
  };
  const view = (): RunView => ({ ...emptyRun, activity });
  const known = (id: string): void => {
    if (id !== 'run-1') throw new AoError('notFound', `there is no run ${id}`, 'See: ao list');
  };
  const live = (): SessionView[] => {
    const file = join(home, 'live');
    return Array.from({ length: existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0 }, () => session);
  };
  return {
    happen,
    waiting: () => waiters.size,
    setActivity: (text) => {
      activity = text;
    },
    fix: async (request) => {
      writeFileSync(join(home, 'request.json'), JSON.stringify(request));
      await happen('run.started');
      return { run: 'run-1', joined: false };
    },
    preview: async ({ path }) => ({ branch: 'main', before: path, checks: [], findings: [], tasks: [] }),
    stop: async (run) => {
      known(run);
      await happen('run.stopped');
    },
    report: async (run) => {
      known(run);
      throw new AoError('conflict', 'the run goes on', 'Wait for it.');
    },
    runs: async () => [view()],
    run: async (id) => {
      known(id);
      return view();
    },
    sessions: async () => {
      throw new Error('a secret detail of a bug');
    },
    retry: () => Promise.reject(new AoError('notFound', 'there is no task')),
    cancel: () => Promise.reject(new AoError('failed', 'it cannot be cancelled')),
    accept: () => Promise.reject(new AoError('usage', 'nothing to accept')),
    diff: async (id) => `diff of ${id}\n`,
    resources: async () => ({}),
    session: async (id) => ({ ...session, id }),
    log: async (_id, { after }) => ({ after, bytes: oneLine() }),
    send: async (id) => ({ id: 'm1', session: id, state: 'queued', problem: null }),
    permit: () => Promise.reject(new AoError('conflict', 'nothing is asked')),
    message: async (id) => ({ id, session: 's1', state: 'received', problem: null }),
    accountEntries: async () => [],
    clean: async () => ({ removed: [], kept: [] }),
    live: async () => live(),
    events: (after, run, limit) => store.events(after, run === null ? {} : { run }, limit),
    lastSeq: () => store.lastSeq(),
    changed: async (seq, signal) => {
      if ((await store.lastSeq()) > seq || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          waiters.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiters.add(done);
        signal.addEventListener('abort', done);
      });
    },
    shutdown: async (options) => {
      writeFileSync(join(home, 'shutdown.json'), JSON.stringify(options));
      if (existsSync(join(home, 'hang'))) await new Promise(() => {});
    },
  };
}

async function* oneLine(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a line\n');
}

const emptyRun: RunView = {
  id: 'run-1',
  path: '/repository',
  branch: 'main',
  state: 'running',
  outcome: null,
  reason: null,
  activity: 'idle',
  round: 1,
  maxRounds: 5,
  findings: 0,
  flaky: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  tasks: [],
  queue: { entries: [], activity: null },
};

/** Takes the place of `daemon/compose.ts` in an installation for tests. @public */
export async function composeEngine({ home }: { home: string }): Promise<Engine> {
  if (existsSync(join(home, 'refuse')))
    throw new AoError('daemon', 'the engine refuses', 'Remove the file refuse.');
  return stubEngine(home);
}
