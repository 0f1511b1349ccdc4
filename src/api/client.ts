import { setTimeout as delay } from 'node:timers/promises';
import { AoError } from '../domain/errors.ts';
import { type Connection, type Environment, findDaemon, reachDaemon } from './client/connect.ts';
import { readStream, type StreamQuery } from './client/events.ts';
import { ask, type Call, Unreachable, wentAway } from './client/http.ts';
import { readLog } from './client/log.ts';
import type { CleanBody, FixBody } from './contract/requests.ts';
import type {
  AccountEntryView,
  CleanResult,
  FixStarted,
  Health,
  LogRequest,
  MessageView,
  Preview,
  Report,
  Resources,
  RunView,
  SessionView,
  StreamMessage,
  TaskView,
} from './contract/responses.ts';

export { findDaemon, stopDaemon } from './client/connect.ts';

/**
 * A client of the daemon. With `start` the daemon is started where none runs, and replaced where its code is older than
 * ours; without, rejects when none runs.
 */
export async function connect(options: { start: boolean; env?: Environment }): Promise<Client> {
  const env = options.env ?? process.env;
  const found = options.start ? await reachDaemon(env) : await findDaemon(env);
  if (found === null) {
    throw new AoError('daemon', 'the daemon is not running', 'Start it: ao daemon start');
  }
  return new Client(found, env);
}

/** Every route as a method. All reject with the daemon's AoError. */
export class Client {
  #connection: Connection;
  readonly #env: Environment;

  constructor(connection: Connection, env: Environment) {
    this.#connection = connection;
    this.#env = env;
  }

  get health(): Health {
    return this.#connection.health;
  }

  get socket(): string {
    return this.#connection.socket;
  }

  fix(body: Omit<FixBody, 'dryRun'>): Promise<FixStarted> {
    return this.#post('/fix', { ...body, dryRun: false });
  }

  preview(body: Omit<FixBody, 'dryRun'>): Promise<Preview> {
    return this.#post('/fix', { ...body, dryRun: true });
  }

  runs(): Promise<RunView[]> {
    return this.#get('/runs');
  }

  run(id: string): Promise<RunView> {
    return this.#get(`/runs/${inPath(id)}`);
  }

  report(run: string): Promise<Report> {
    return this.#get(`/runs/${inPath(run)}/report`);
  }

  /** Resolves when the run has ended. */
  stop(run: string): Promise<RunView> {
    return this.#post(`/runs/${inPath(run)}/stop`);
  }

  sessions(): Promise<SessionView[]> {
    return this.#get('/sessions');
  }

  /** By the ids of running sessions; one of which nothing can be told is left out. */
  resources(): Promise<Record<string, Resources>> {
    return this.#get('/resources');
  }

  /** Of a session, or the last one of a task. A daemon that is being replaced is asked again. */
  session(id: string): Promise<SessionView> {
    return this.#getAgain(`/sessions/${inPath(id)}`);
  }

  /** Resolves when it is in the outbox; `message` tells how it goes on. */
  send(session: string, body: { text: string; interrupt: boolean }): Promise<MessageView> {
    return this.#post(`/sessions/${inPath(session)}/messages`, body);
  }

  permit(
    session: string,
    body: { request: string | null; allow: boolean; reason: string },
  ): Promise<MessageView> {
    return this.#post(`/sessions/${inPath(session)}/permission`, body);
  }

  /** A daemon that was replaced or crashed meanwhile is found or started again: what was said stands in its store. */
  message(id: string): Promise<MessageView> {
    return this.#getAgain(`/messages/${inPath(id)}`);
  }

  diff(id: string): Promise<string> {
    return this.#ask({ method: 'GET', path: `/diff/${inPath(id)}` });
  }

  retry(task: string): Promise<TaskView> {
    return this.#post(`/tasks/${inPath(task)}/retry`);
  }

  cancel(task: string): Promise<TaskView> {
    return this.#post(`/tasks/${inPath(task)}/cancel`);
  }

  accept(task: string): Promise<TaskView> {
    return this.#post(`/tasks/${inPath(task)}/accept`);
  }

  accountEntries(remove: boolean): Promise<AccountEntryView[]> {
    return this.#post('/account-entries', { remove });
  }

  clean(body: CleanBody): Promise<CleanResult> {
    return this.#post('/clean', body);
  }

  /**
   * Rows of the log and pictures of runs as they change, the first picture at once. Goes on where it was when the daemon
   * is replaced or crashed (then it is started again). Throws when somebody stopped it, or it has nothing to tell however often it is
   * asked; ends on abort.
   */
  async *events(query: StreamQuery): AsyncGenerator<Exclude<StreamMessage, { kind: 'bye' }>> {
    let after = query.after;
    const aborted = (): boolean => query.signal?.aborted ?? false;
    for (let fruitless = 0; !aborted(); fruitless += 1) {
      if (fruitless > mostFruitless) throw tellsNothing();
      await delay(fruitless * pauseMs);
      let said = false;
      try {
        for await (const { seq, message } of readStream(this.#connection.socket, { ...query, after })) {
          if (message.kind === 'bye') {
            said = true;
            break;
          }
          after = Math.max(after ?? 0, seq);
          fruitless = -1; // what comes after a broken connection is asked for at once
          yield message;
        }
      } catch (error) {
        if (aborted()) return;
        if (!(error instanceof Unreachable)) throw error;
      }
      if (!aborted())
        this.#connection = said
          ? await awaitSuccessor(this.health.pid, this.#env)
          : await reachDaemon(this.#env);
    }
  }

  /**
   * What a session's agent printed; with `follow` until that session has ended, and every byte once, also where the daemon
   * is replaced or crashed meanwhile. Throws when somebody stopped it; ends on abort.
   */
  async *log(session: string, request: LogRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let rest = request;
    for (let fruitless = 0; !signal.aborted; fruitless += 1) {
      const before = rest.after;
      let isWhole = false;
      let broken: unknown = null;
      try {
        const call = { session: inPath(session), request: rest, signal };
        for await (const { next, bytes } of readLog(this.#connection.socket, call)) {
          rest = { ...rest, after: next, last: null };
          if (bytes.length > 0) yield bytes;
        }
        isWhole = true;
        if (!rest.follow) return;
        const { state } = await this.#get<SessionView>(`/sessions/${call.session}`);
        // It may have ended under another daemon than the one that we followed it with: what came last is read again.
        if (state === 'ended') rest = { ...rest, follow: false };
      } catch (error) {
        if (signal.aborted) return;
        broken = error;
      }
      if (rest.after > before) fruitless = 0;
      if (fruitless > mostFruitless) {
        if (broken instanceof Unreachable) throw wentAway(broken);
        throw broken ?? new Error(`the log of session ${session} does not go on`);
      }
      if (broken !== null) await this.#goOn(broken, { wasStopped: isWhole });
    }
  }

  /**
   * Finds the daemon again where `error` says that the one we had is gone or goes; throws every other error. One that was stopped, as
   * far as that is known, is not started again.
   */
  async #goOn(error: unknown, { wasStopped }: { wasStopped: boolean }): Promise<void> {
    const cause = error instanceof AoError ? error.cause : error;
    if (cause instanceof Unreachable && !wasStopped) {
      this.#connection = await reachDaemon(this.#env);
      return;
    }
    if (!(error instanceof AoError) || error.code !== 'daemon') throw error;
    const { pid } = this.health;
    if ((await findDaemon(this.#env))?.health.pid === pid) throw error;
    this.#connection = await awaitSuccessor(pid, this.#env);
  }

  async #getAgain<T>(path: string): Promise<T> {
    try {
      return await this.#get(path);
    } catch (error) {
      await this.#goOn(error, { wasStopped: isSocketGone(error) });
      return this.#get(path);
    }
  }

  async #get<T>(path: string): Promise<T> {
    return JSON.parse(await this.#ask({ method: 'GET', path })) as T;
  }

  async #post<T>(path: string, body?: unknown): Promise<T> {
    return JSON.parse(await this.#ask({ method: 'POST', path, body })) as T;
  }

  async #ask(call: Call): Promise<string> {
    try {
      return await ask(this.#connection.socket, call);
    } catch (error) {
      throw error instanceof Unreachable ? wentAway(error) : error;
    }
  }
}

/** A daemon that is stopped takes its socket with it; one that crashed leaves it. */
function isSocketGone(error: unknown): boolean {
  const cause = error instanceof AoError && error.cause instanceof Unreachable ? error.cause.cause : null;
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

const mostFruitless = 10;
const pauseMs = 50;

function tellsNothing(): AoError {
  return new AoError(
    'daemon',
    'the daemon tells nothing of its runs',
    'See the end of daemon.log in AO_HOME.',
  );
}

/** A URL has other meanings for nothing and for dots. */
function inPath(id: string): string {
  if (!/^\.{0,2}$/.test(id)) return encodeURIComponent(id);
  const what = id === '' ? 'the id is empty' : `there is no run, task or session ${id}`;
  throw new AoError('notFound', what, 'See: ao status, ao list');
}

/** A daemon begins within a second, and on a busy machine within several. */
const successorPatienceMs = 8000;

/**
 * After a daemon said that it goes: the one that replaces it. Starting one here would undo what somebody asked for.
 * Patience begins when the old one is gone, because ending agents with their work saved may take a while.
 */
async function awaitSuccessor(old: number, env: Environment): Promise<Connection> {
  let deadline = Number.POSITIVE_INFINITY;
  for (;;) {
    const found = await findDaemon(env);
    if (found !== null && found.health.pid !== old) return found;
    if (performance.now() > deadline) {
      throw new AoError('daemon', 'the daemon was stopped', 'Go on with the run: ao fix --resume');
    }
    if (deadline === Number.POSITIVE_INFINITY && !isThere(old)) {
      deadline = performance.now() + successorPatienceMs;
    }
    await delay(100);
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
