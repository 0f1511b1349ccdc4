import type { NewEvent } from '../../src/domain/events.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Attempt, Landing, Session, Task } from '../../src/domain/task.ts';
import type { Kind, Rows, Write } from '../../src/ports/store.ts';
import type { Git } from './git.ts';
import type { Machine } from './machine.ts';
import { failingIds, guardedPart, madeWorse, type Project, wrongWith } from './project.ts';
import type { Scheduler } from './scheduler.ts';
import { TalkRules } from './talk-rules.ts';

/** The legal moves, written down once more: a bug in the product's tables is a bug too. */
const moves: Partial<Record<Kind, readonly string[]>> = {
  run: ['running>stopping', 'running>finished', 'stopping>finished', 'finished>running'],
  task: (
    'inbox>ready inbox>in_flight inbox>done inbox>cancelled ready>in_flight ready>done ready>cancelled ' +
    'in_flight>ready in_flight>inbox in_flight>done in_flight>cancelled cancelled>ready'
  ).split(' '),
  session: ['starting>running', 'starting>ended', 'running>ended'],
  message: ['queued>sent', 'queued>undelivered', 'sent>received', 'sent>undelivered'],
  landing: ['queued>landing', 'queued>rejected', 'queued>withdrawn', 'landing>landed', 'landing>queued'],
};

interface Surroundings {
  scheduler: Scheduler;
  git: Git;
  machine: Machine;
  project: Project;
}

/** The invariants, held against every commit of the store and every move of the user's branch. */
export class Rules {
  /** Of each tree: the checks that were run on exactly it. */
  readonly tested = new Map<string, Set<string>>();
  onEvent: (type: string) => void = () => {};
  readonly #rows = new Map<string, Rows[Kind]>();
  readonly #heads = new Set<string>();
  /** When each landing came, by no wall clock. */
  readonly #queued = new Map<string, number>();
  readonly #around: Surroundings;

  readonly #talk: TalkRules;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#talk = new TalkRules(this, around);
  }

  all<K extends Kind>(kind: K): Rows[K][] {
    const prefix = `${kind} `;
    return [...this.#rows].flatMap(([key, row]) => (key.startsWith(prefix) ? [row as Rows[K]] : []));
  }

  /** Called with what was written, before anybody else hears of it. */
  committed(writes: readonly Write[], events: readonly NewEvent[]): void {
    let changes = 0;
    const pairs = writes.flatMap((write) => {
      if (write.op === 'delete') return [];
      const id = write.op === 'insert' ? write.row.id : write.id;
      const before = this.#rows.get(`${write.kind} ${id}`) ?? null;
      const after = structuredClone(write.op === 'insert' ? write.row : { ...before, ...write.patch }) as Row;
      this.#rows.set(`${write.kind} ${id}`, after);
      if (this.#around.scheduler.elements.hasSpells) this.#checkBlame(write.kind, after);
      if (write.kind === 'run') this.#heads.add((after as Run).head);
      if (this.#checkMove(write.kind, before, after)) changes += 1;
      return [{ kind: write.kind, before, after }];
    });
    for (const { type, body } of events) {
      this.#around.scheduler.note(`${type} ${JSON.stringify(body).slice(0, 100)}`);
    }
    if (changes > events.length) this.#violate('a state changes without an event in the same transaction');
    for (const { kind, before, after } of pairs) this.#checkRow(kind, before, after);
    for (const { type } of events) this.onEvent(type);
  }

  /** Called when the user's repository is about to take a landing. */
  beforeMove(from: string, to: string): void {
    const { git, project } = this.#around;
    const above = git.ancestors(from);
    if (!git.ancestors(to).has(from)) this.#violate('the target moves to what does not build on it');
    const landed = new Set([...above].flatMap((id) => taskOf(git.commit(id).message) ?? []));
    for (const id of git.ancestors(to)) {
      const task = taskOf(git.commit(id).message);
      if (above.has(id) || task === null) continue;
      if (landed.has(task)) this.#violate(`task ${task} lands twice`);
      landed.add(task);
    }
    for (let at = to; at !== from; ) {
      const { tree, parents } = git.commit(at);
      const [before] = parents;
      if (before === undefined) return this.#violate('the target is not a first parent of what lands');
      this.#mustBeTested(tree);
      const worse = madeWorse(project, git.files(before), git.files(at));
      if (worse.length > 0) this.#violate(`the target gets redder: ${worse.join(', ')}`);
      at = before;
    }
  }

  #mustBeTested(tree: string): void {
    const checks = this.tested.get(tree) ?? new Set();
    for (const check of ['test', 'lint']) {
      if (!checks.has(check)) this.#violate(`${tree} lands and ${check} was never run on it`);
    }
  }

  #violate(text: string): never {
    return this.#around.scheduler.violate(text);
  }

  /** True where the state changed. */
  #checkMove(kind: Kind, before: Row | null, after: Row): boolean {
    if (before === null || !('state' in before) || !('state' in after)) return false;
    if (before.state === after.state) return false;
    const move = `${before.state}>${after.state}`;
    if (!moves[kind]?.includes(move)) this.#violate(`${kind} ${after.id} goes ${move}`);
    return true;
  }

  #checkRow(kind: Kind, before: Row | null, after: Row): void {
    if (kind === 'task') this.#checkTask(before as Task | null, after as Task);
    if (kind === 'attempt') this.#checkAttempt(before as Attempt | null, after as Attempt);
    if (kind === 'landing') this.#checkLanding(before as Landing | null, after as Landing);
    if (kind === 'message') this.#talk.check(before as Message | null, after as Message);
    if (kind === 'session') this.#checkSession(after as Session);
    if (kind === 'run') this.#checkRun(before as Run | null, after as Run);
  }

  /** A full disk is waited for: nothing ends, fails or is judged because of it. */
  #checkBlame(kind: Kind, after: Row): void {
    if (/No space left|ENOSPC|disk is full/.test(JSON.stringify(after)))
      this.#violate(`${kind} ${after.id} is told of a full disk`);
  }

  #checkTask(before: Task | null, after: Task): void {
    if (after.attempt > after.attemptsAllowed)
      this.#violate(`task ${after.id} uses attempt ${after.attempt} of ${after.attemptsAllowed}`);
    if (before === null) return this.#checkPlanned(after);
    const step = after.attempt - before.attempt;
    const claimed = before.state === 'ready' && after.state === 'in_flight';
    if (step !== (claimed ? 1 : 0)) this.#violate(`task ${after.id} moves its fencing token by ${step}`);
    if (after.attemptsAllowed > before.attemptsAllowed) this.#checkGrant(before, after);
    if (before.state !== 'done' && after.state === 'done') this.#checkDone(after);
    const taken = after.state === 'cancelled' || (after.state === 'done' && after.landed === null);
    if (taken && before.state !== after.state) this.#checkGivesUpPlace(after);
  }

  /** A change that came within this second may have been too quick for whoever took the task away. */
  #checkGivesUpPlace(task: Task): void {
    const latest = this.#around.scheduler.now - 1_000;
    const kept = this.all('landing').find(
      (landing) =>
        landing.task === task.id &&
        landing.state === 'queued' &&
        (this.#queued.get(landing.id) ?? 0) < latest,
    );
    if (kept !== undefined) this.#violate(`task ${task.id} goes and ${kept.id} keeps its place in the queue`);
  }

  #checkPlanned(task: Task): void {
    const ids = new Set(task.findings.map(({ id }) => id));
    for (const other of this.all('task')) {
      const isSame = other.findings.some(({ id }) => ids.has(id));
      if (isSame && other.run === task.run && other.id !== task.id && other.state !== 'done')
        this.#violate(`tasks ${other.id} and ${task.id} are for one finding`);
    }
  }

  #checkSession(session: Session): void {
    const live = this.all('session').filter(({ state }) => state !== 'ended').length;
    const { concurrency } = (this.#run(session.run) as Run).options;
    if (live > concurrency) this.#violate(`${live} sessions at once, and ${concurrency} may be`);
    const { startedMonotonic: started = 0, reason } = session;
    const { attemptTimeoutMs } = (this.#run(session.run) as Run).options;
    const lived = this.#around.scheduler.clock.monotonic() - started;
    if (reason?.startsWith('no end after') && lived < attemptTimeoutMs)
      this.#violate(`session ${session.id} is ended by its time limit after ${lived} ms`);
  }

  /**
   * Only a person gives attempts: by an answer, or by a stop, which gives back the one it cut short. One whose agent did nothing,
   * because the conversation was gone that it was to take up, is given back too.
   */
  #checkGrant(before: Task, after: Task): void {
    const answered = (before.state === 'inbox' || before.state === 'cancelled') && after.state === 'ready';
    const stopped = this.#run(after.run)?.state === 'stopping';
    const more = after.attemptsAllowed - before.attemptsAllowed;
    if (!answered && !((stopped || this.#foundNothing(after)) && more === 1))
      this.#violate(`task ${after.id} gives itself attempts`);
  }

  #foundNothing({ id, attempt }: Task): boolean {
    const session = this.all('session').find((row) => row.task === id && row.attempt === attempt);
    return Boolean(session?.takesUp) && session?.failure?.class === 'conversation_gone';
  }

  #checkDone(task: Task): void {
    const { git, project } = this.#around;
    const landed = this.all('landing').some((row) => row.task === task.id && row.state === 'landed');
    if (task.landed !== null && !landed) this.#violate(`task ${task.id} is landed without a landing`);
    const failing = (commit: string): string[] => failingIds(project, git.files(commit));
    const passed = [...this.#heads].some((head) => {
      const ids = new Set(failing(head));
      return !task.findings.some(({ id }) => ids.has(id));
    });
    if (!passed && !this.#takesAway(task, failing))
      this.#violate(`task ${task.id} is done and its findings never passed`);
  }

  /** Of equal messages it may leave those that somebody else added: as many as it stands for are gone. */
  #takesAway(task: Task, failing: (commit: string) => string[]): boolean {
    if (task.landed === null) return false;
    const [parent = ''] = this.#around.git.commit(task.landed.commit).parents;
    const [before, after] = [failing(parent), failing(task.landed.commit)];
    return task.findings.every(({ id, kind }) => {
      const count = (ids: readonly string[]): number => ids.filter((other) => other === id).length;
      const wanted = count(task.findings.map((finding) => finding.id));
      return count(after) === 0 || (kind === 'diagnostic' && count(before) - count(after) >= wanted);
    });
  }

  #checkAttempt(before: Attempt | null, after: Attempt): void {
    const task = this.#rows.get(`task ${after.task}`) as Task | undefined;
    if (before === null && task?.attempt !== after.number)
      this.#violate(`attempt ${after.id} starts under another fencing token`);
    if (before === null) this.#checkBase(after);
    const open = this.all('attempt').filter(({ task: of, endedAt }) => of === after.task && endedAt === null);
    const writing = open.filter(({ number }) => number === task?.attempt && task.state === 'in_flight');
    if (writing.length > 1) this.#violate(`task ${after.task} has ${writing.length} attempts that may write`);
    if (
      this.#around.scheduler.deaths === 0 &&
      JSON.stringify(after.verdict)?.includes('the daemon ended while')
    )
      this.#violate(`attempt ${after.id} is ended for a death of the daemon, and there was none`);
    if (after.endedAt === null) return;
    const session = this.#rows.get(`session ${after.session}`) as Session | undefined;
    if (session?.state !== 'ended') this.#violate(`attempt ${after.id} ends, its session does not`);
    if (this.#around.machine.living().some(({ mark }) => mark.endsWith(`:${after.session}`)))
      this.#violate(`attempt ${after.id} ends and its agent lives`);
  }

  /** What it is judged against was checked, and compared with ours where somebody else made it. */
  #checkBase({ id, run, base }: Attempt): void {
    const checks = this.tested.get(this.#around.git.commit(base).tree);
    if (checks === undefined || this.#run(run)?.adopted?.to === base)
      this.#violate(`attempt ${id} begins on a head that nobody checked`);
  }

  #checkLanding(before: Landing | null, after: Landing): void {
    const { git } = this.#around;
    const { intent } = after;
    const task = this.#rows.get(`task ${after.task}`) as Task | undefined;
    if (after.state === 'queued' && before === null) {
      this.#queued.set(after.id, this.#around.scheduler.now);
      const verdict = (this.#rows.get(`attempt ${after.task}.${after.attempt}`) as Attempt).verdict;
      if (verdict?.status !== 'passed') this.#violate(`landing ${after.id} is queued without a verdict`);
      if (task?.state !== 'in_flight')
        this.#violate(`landing ${after.id} is queued for a task nobody waits for`);
    }
    if (after.state === 'landing' && intent !== null) {
      this.#mustBeTested(git.commit(intent.commit).tree);
      if (!git.ancestors(intent.commit).has(intent.squash))
        this.#violate(`landing ${after.id} is not part of what lands`);
      if (task?.state !== 'in_flight') this.#violate(`landing ${after.id} lands for a task nobody waits for`);
      this.#checkGuarded(after, intent.squash);
    }
    if (before?.state === 'landing' && after.state === 'landed' && intent !== null) {
      const head = this.#run(after.run)?.head ?? '';
      if (!git.ancestors(head).has(intent.commit))
        this.#violate(`landing ${after.id} is confirmed and is not part of the head`);
      if (task?.state !== 'done') this.#violate(`landing ${after.id} landed and its task is ${task?.state}`);
    }
  }

  #checkGuarded(landing: Landing, squash: string): void {
    const { git } = this.#around;
    const [parent = ''] = git.commit(squash).parents;
    if (guardedPart(git.files(parent)) === guardedPart(git.files(squash))) return;
    const task = this.#rows.get(`task ${landing.task}`) as Task;
    if (this.#run(landing.run)?.options.policy && task.accepted !== landing.change.commit)
      this.#violate(`landing ${landing.id} changes tests and no person accepted it`);
  }

  #checkRun(before: Run | null, after: Run): void {
    const { git, machine, project } = this.#around;
    if (after.round > after.options.maxRounds) this.#violate(`run ${after.id} plans round ${after.round}`);
    if (this.all('run').filter(({ state }) => state !== 'finished').length > 1)
      this.#violate('two runs work on one repository');
    if (before?.state === after.state || after.state !== 'finished') return;
    const attempts = this.all('attempt').filter(({ endedAt }) => endedAt === null);
    const sessions = this.all('session').filter(({ state }) => state !== 'ended');
    const landings = this.all('landing').filter(({ state }) => state === 'landing');
    const owed = [...attempts, ...sessions, ...landings].map(({ id }) => id);
    if (owed.length > 0) this.#violate(`the run finishes and owes ${owed.join(', ')}`);
    const waiting = this.all('task').filter(
      ({ run, state }) => run === after.id && (state === 'ready' || state === 'in_flight'),
    );
    if (after.outcome === 'remaining' && before?.state === 'running' && waiting.length > 0)
      this.#violate(`the run finishes and tasks are ${waiting.map(({ state }) => state).join(', ')}`);
    this.#talk.checkNothingOpen();
    if (machine.living().length > 0) this.#violate('the run finishes and agents live');
    if (after.outcome !== 'green') return;
    const wrong = wrongWith(project, git.files(after.head));
    if (wrong.length > 0) this.#violate(`the run is green with ${wrong.join(', ')}`);
    if (!git.ancestors(git.branch).has(after.head))
      this.#violate('the run is green and the target is not there');
  }

  #run(id: string): Run | undefined {
    return this.#rows.get(`run ${id}`) as Run | undefined;
  }
}

type Row = Rows[Kind];

function taskOf(message: string): string | null {
  return /^Fix .*\n\nAO-Task: (\w+)\nAO-Attempt: \d+\n$/.exec(message)?.[1] ?? null;
}
