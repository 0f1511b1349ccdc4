// A real client in a terminal of ao's own runtime, driven by hand against the model server; what is true of it is noted as it goes.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tmuxRuntime } from '../../../src/adapters/runtimes/tmux/index.ts';
import { names } from '../../../src/adapters/runtimes/session-files.ts';
import type { RuntimeHandle } from '../../../src/domain/task.ts';
import { ModelServer } from '../../support/model-server/server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { environmentOf, type Place } from '../clients/place.ts';
import type { Moment } from './recording.ts';

const run = promisify(execFile);
/** Nothing new for so long: the client has drawn what it had to. */
const quietMs = 2000;
const patienceMs = 90_000;

interface Watch extends Pick<Moment, 'draft' | 'or'> {
  forMs?: number;
  /** Not longer than this is so. */
  while?: () => boolean;
}

export class Stage {
  readonly place: Place;
  readonly server: ModelServer;
  readonly moments: Moment[] = [{ at: 0, state: 'unknown', why: 'it has drawn nothing' }];
  readonly #handle: RuntimeHandle;
  readonly #socket: string;
  #asked = 0;
  #release: (() => void) | null = null;

  private constructor(place: Place, server: ModelServer, handle: RuntimeHandle, socket: string) {
    this.place = place;
    this.server = server;
    this.#handle = handle;
    this.#socket = socket;
  }

  static async open(
    place: Place,
    server: ModelServer,
    how: { argv: string[]; env: Record<string, string> },
  ): Promise<Stage> {
    const env = { ...environmentOf(place), ...how.env };
    for (const [name, value] of Object.entries(env)) if (value === '') delete env[name];
    const [dir, socket] = [join(place.home, 'session'), join(place.home, 'tmux.sock')];
    mkdirSync(dir, { mode: 0o700 });
    const handle = await tmuxRuntime(socket).start({
      argv: how.argv,
      env,
      cwd: place.workspace,
      dir,
      input: null,
      mark: `screens-${randomUUID()}`,
    });
    return new Stage(place, server, handle, socket);
  }

  get bytes(): Buffer {
    return readFileSync(this.#output);
  }

  /** Waits until it has drawn something and draws no more; it may go on with what it draws all the time. */
  async quiet(ms = quietMs, mostMs = 20_000): Promise<void> {
    const deadline = performance.now() + mostMs;
    let [size, since] = [this.#size, performance.now()];
    while (performance.now() < deadline && (size === 0 || performance.now() - since < ms)) {
      await delay(50);
      if (this.#size !== size) [size, since] = [this.#size, performance.now()];
    }
  }

  /** What is true from here on, for `forMs` or shorter: once now, and again whenever it has drawn more. */
  async note(state: Moment['state'], why: string, more: Watch = {}): Promise<void> {
    const { forMs = 0, while: holds = () => true, ...rest } = more;
    const deadline = performance.now() + forMs;
    for (;;) {
      const at = this.#size;
      if (!holds()) return;
      if (this.moments.at(-1)?.at !== at || this.moments.at(-1)?.state !== state)
        this.moments.push({ at, state, why, ...rest });
      const left = deadline - performance.now();
      if (left <= 0) return;
      await delay(Math.min(left, 350));
    }
  }

  /** True for a moment only. */
  pass(state: Moment['state'], why: string): void {
    this.moments.push({ at: this.#size, state, why, passing: true });
  }

  /** A message, sent as ao sends it. */
  async say(text: string): Promise<void> {
    await tmuxRuntime(this.#socket).write(this.#handle, `${text}\n`);
  }

  async type(text: string): Promise<void> {
    await tmuxRuntime(this.#socket).write(this.#handle, text);
  }

  async press(...keys: string[]): Promise<void> {
    const target = `=${this.#handle.terminal?.session ?? ''}:`;
    for (const key of keys) {
      await run('tmux', ['-S', this.#socket, 'send-keys', '-t', target, key]);
      await delay(300); // some take what comes at once for one key
    }
  }

  /** From now on the model keeps its answers back. */
  hold(): void {
    this.#release = this.server.hold();
  }

  release(): void {
    this.#release?.();
    this.#release = null;
  }

  /** Waits for one more request for an answer than were waited for before. */
  async asked(): Promise<void> {
    this.#asked += 1;
    await waitFor(`request ${this.#asked}`, () => this.requests >= this.#asked, patienceMs);
    this.pass('working', 'the model is asked');
    await delay(400); // the client draws that it asked
  }

  /** Requests from now on are new ones. */
  settle(): void {
    this.#asked = this.requests;
  }

  get requests(): number {
    return this.server.log.asked().filter(({ outcome }) => outcome !== 'title').length;
  }

  /** Waits until every request has its whole answer, and then until the client has drawn that. */
  async answered(): Promise<void> {
    this.release();
    await waitFor('the end of the answers', () => this.server.underWay === 0, patienceMs);
    await this.quiet();
  }

  async close(): Promise<void> {
    this.release();
    await tmuxRuntime(this.#socket).stop(this.#handle, 2000);
    await run('tmux', ['-S', this.#socket, 'kill-server']).catch(() => {}); // it ends with its last session
  }

  get #output(): string {
    return join(this.#handle.dir, names.output);
  }

  get #size(): number {
    return statSync(this.#output).size;
  }
}
