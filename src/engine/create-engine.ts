import type { Event } from '../domain/events.ts';
import type { Finding } from '../domain/finding.ts';
import { AoError } from '../domain/errors.ts';
import { STOPPED, unplanned } from '../domain/next-step.ts';
import type { MessageContent } from '../domain/message.ts';
import type { Report } from '../domain/report.ts';
import { type Run, stuckAfterOf } from '../domain/run.ts';
import type { Session, Task } from '../domain/task.ts';
import { KeyedMutex } from '../lib/keyed-mutex.ts';
import { Semaphore } from '../lib/semaphore.ts';
import type { Resources } from '../ports/runtime.ts';
import { type Answer, answerTask } from './answer-task.ts';
import { announcing, Announcements } from './announcements.ts';
import { listAccountEntries } from './account-entries.ts';
import { clean } from './clean.ts';
import type { World } from './context.ts';
import { diffOf } from './diff.ts';
import { DiskWatch } from './disk-watch.ts';
import { doubting, outlasting, tellOfDisk } from './disk-guards.ts';
import { endRunEarly } from './end-run-early.ts';
import type {
  AccountEntryView,
  CleanRequest,
  CleanResult,
  Engine,
  FixRequest,
  LogRequest,
  LogSpan,
  MessageView,
  RunView,
  SessionView,
  TaskView,
} from './engine.ts';
import { findRow, findSession } from './find-row.ts';
import { Live } from './live.ts';
import { preview } from './preview.ts';
import { resourcesOf } from './resources.ts';
import { RunLoops } from './run-loops.ts';
import { openLog } from './session-log.ts';
import { messageView, type Permit, permit, speak } from './speak.ts';
import { resumeAll, type Runs, startOrJoin } from './start-run.ts';
import { sweepCheckouts } from './sweep.ts';
import { knownResult } from './tree-results.ts';
import { spentOn } from './usage.ts';
import { readRun, reportOf, runView, sessionView, taskView } from './views.ts';

/** Opens the engine on a world: sweeps what a crash left, goes on with every run that has not finished. */
export async function createEngine(outside: World): Promise<Engine> {
  const announcements = new Announcements();
  const live = new Live(() => announcements.announce());
  const store = announcing(outside.store, () => {
    announcements.announce();
    loops.wakeAll();
  });
  const tell = tellOfDisk({ ...outside, store }, live);
  const disk = new DiskWatch(outside.disk, outside.layout.home, (trouble) => {
    tell(trouble);
    if (trouble === null) loops.wakeAll();
  });
  const world: World = { ...outside, ...doubting(outside, disk), store };
  // A run waits for its disk; a person's request is answered at once, with what is wrong.
  const loops = new RunLoops({ ...world, store: outlasting(store, disk) }, { live, disk });
  await sweepCheckouts(world);
  const engine = new AoEngine(world, { announcements, live, loops, disk });
  await resumeAll({ world, loops }, disk);
  return engine;
}

interface Parts {
  announcements: Announcements;
  live: Live;
  loops: RunLoops;
  disk: DiskWatch;
}

class AoEngine implements Engine {
  readonly #world: World;
  readonly #parts: Parts;
  /**
   * Requests that start runs, or go on with them, are looked at one after another: two on one repository cannot both win, and what a
   * run takes up is not cleaned away under it.
   */
  readonly #door = new Semaphore(1);
  readonly #answering = new KeyedMutex();
  readonly #closing = new AbortController();

  constructor(world: World, parts: Parts) {
    this.#world = world;
    this.#parts = parts;
  }

  get #runs(): Runs {
    return { world: this.#world, loops: this.#parts.loops };
  }

  fix(request: FixRequest): Promise<{ run: string; joined: boolean }> {
    return this.#door.use(() => startOrJoin(this.#runs, request));
  }

  preview(request: FixRequest) {
    return preview(this.#world, request, this.#closing.signal);
  }

  async stop(id: string): Promise<void> {
    const run = await findRow(this.#world.store, 'run', id);
    if (run.state === 'finished') return;
    const loop = await this.#parts.loops.start(run);
    await endRunEarly({ store: this.#world.store, run: run.id }, 'stopped', STOPPED);
    loop.abortWork();
    loop.wake();
    await loop.finished;
  }

  async report(id: string): Promise<Report> {
    const run = await findRow(this.#world.store, 'run', id);
    const rows = await readRun(this.#world.store, run);
    const usage = spentOn(this.#world, this.#parts.live, rows.sessions);
    const parts = { baseline: await this.#baseline(run), left: await this.#left(run, rows.tasks), usage };
    return reportOf(rows, parts, this.#world.clock.now());
  }

  /** Findings of a finished run's head that no task stands for. */
  async #left(run: Run, tasks: Task[]): Promise<Finding[]> {
    if (run.state !== 'finished' || run.outcome !== 'remaining') return [];
    const { layout, store } = this.#world;
    const hub = await this.#world.openHub(layout.hub(run.project), run.path);
    return unplanned({ run, tasks, head: await knownResult({ hub, store, run: run.id }, run.head) });
  }

  async #baseline(run: Run): Promise<{ finding: Finding; flaky: boolean }[]> {
    const stored = run.baseline && (await this.#world.store.get('result', `${run.id}.${run.baseline.tree}`));
    const flaky = new Set(run.flaky);
    return (stored?.result.checks ?? []).flatMap((check) => [
      ...check.findings.map((finding) => ({ finding, flaky: flaky.has(finding.id) })),
      ...check.flaky.map((finding) => ({ finding, flaky: true })),
    ]);
  }

  async runs(): Promise<RunView[]> {
    const runs = await this.#world.store.list('run');
    return Promise.all(
      runs.map(async (run) => runView(await readRun(this.#world.store, run), this.#parts.live)),
    );
  }

  async run(id: string): Promise<RunView> {
    const run = await findRow(this.#world.store, 'run', id);
    return runView(await readRun(this.#world.store, run), this.#parts.live);
  }

  async sessions(): Promise<SessionView[]> {
    return this.#sessionViews();
  }

  async live(): Promise<SessionView[]> {
    return this.#sessionViews(['starting', 'running']);
  }

  async #sessionViews(states?: string[]): Promise<SessionView[]> {
    const { store } = this.#world;
    const sessions = await store.list('session', states === undefined ? {} : { states });
    return Promise.all(sessions.map((session) => this.#sessionView(session)));
  }

  resources(): Promise<Record<string, Resources>> {
    return resourcesOf(this.#world);
  }

  async session(id: string): Promise<SessionView> {
    return this.#sessionView(await this.#session(id));
  }

  async #sessionView(session: Session): Promise<SessionView> {
    const { store } = this.#world;
    const title = (await store.get('task', session.task))?.title ?? '';
    const stuckAfterMs = stuckAfterOf((await store.get('run', session.run))?.options);
    return sessionView(this.#world, { session, title, live: this.#parts.live, stuckAfterMs });
  }

  #session(id: string): Promise<Session> {
    return findSession(this.#world.store, id);
  }

  async log(id: string, request: LogRequest, signal: AbortSignal): Promise<LogSpan> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const changed = (): Promise<void> => this.#parts.announcements.next(either);
    return openLog({ world: this.#world, changed, signal: either }, await this.#session(id), request);
  }

  async send(id: string, text: string, interrupt: boolean): Promise<MessageView> {
    const session = await this.#session(id);
    const said: MessageContent[] = [
      ...(interrupt ? [{ kind: 'interrupt' } as const] : []),
      { kind: 'message', text },
    ];
    return messageView(await speak(this.#voice, session, said));
  }

  async permit(id: string, answer: Permit): Promise<MessageView> {
    return messageView(await permit(this.#voice, await this.#session(id), answer));
  }

  async message(id: string): Promise<MessageView> {
    const row = await this.#world.store.get('message', id);
    if (row === null) throw new AoError('notFound', `There is no message ${id}.`, 'See `ao list`.');
    return messageView(row);
  }

  get #voice() {
    return { world: this.#world, live: this.#parts.live, answering: this.#answering };
  }

  retry(task: string): Promise<TaskView> {
    return this.#answer(task, 'retry');
  }

  cancel(task: string): Promise<TaskView> {
    return this.#answer(task, 'cancel');
  }

  accept(task: string): Promise<TaskView> {
    return this.#answer(task, 'accept');
  }

  #answer(id: string, answer: Answer): Promise<TaskView> {
    return this.#door.use(async () => {
      const { store } = this.#world;
      const task = await findRow(store, 'task', id);
      await this.#parts.loops.alone(task.run, () => answerTask(this.#world, task, answer));
      const run = await findRow(store, 'run', task.run);
      if (run.state !== 'finished') await this.#parts.loops.start(run);
      const rows = await readRun(store, run);
      return taskView(rows, await findRow(store, 'task', task.id), this.#parts.live);
    });
  }

  async diff(id: string): Promise<string> {
    return diffOf(this.#world, await this.#session(id));
  }

  clean(request: CleanRequest): Promise<CleanResult> {
    return clean(this.#world, request, (work) => this.#door.use(work));
  }

  accountEntries(remove: boolean): Promise<AccountEntryView[]> {
    return listAccountEntries(this.#world, { remove });
  }

  events(after: number, run: string | null, limit: number): Promise<Event[]> {
    return this.#world.store.events(after, run === null ? {} : { run }, limit);
  }

  lastSeq(): Promise<number> {
    return this.#world.store.lastSeq();
  }

  async changed(seq: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const next = this.#parts.announcements.next(either);
    if ((await this.#world.store.lastSeq()) <= seq) await next;
  }

  async shutdown({ stopAgents }: { stopAgents: boolean }): Promise<void> {
    if (stopAgents) {
      const runs = await this.#world.store.list('run', { states: ['running', 'stopping'] });
      await Promise.all(runs.map((run) => this.stop(run.id)));
    }
    this.#closing.abort();
    this.#parts.disk.close();
    await this.#parts.loops.letGo();
    await this.#world.store.close();
  }
}
