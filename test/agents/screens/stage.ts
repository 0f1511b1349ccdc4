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
import { TerminalScreen } from '../../../src/lib/terminal-screen.ts';
import type { ModelServer } from '../../support/model-server/server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { environmentOf, type Place } from '../clients/place.ts';
import { type Moment, size } from './recording.ts';

const run = promisify(execFile);
/** Nothing new for so long: the client has drawn what it had to. */
const quietMs = 2000;
/** A frame that is drawn has no longer pauses in it. */
const frameMs = 50;
/** Until a client that is ready has asked the model, on a busy machine. */
const atOnceMs = 3000;
const patienceMs = 40_000;

interface Watch extends Pick<Moment, 'draft' | 'or'> {
  forMs?: number;
  /** Not longer than this is so. */
  while?: () => boolean;
}

interface Parts {
  place: Place;
  server: ModelServer;
  handle: RuntimeHandle;
  socket: string;
  begun: string;
}

export class Stage {
  readonly place: Place;
  readonly server: ModelServer;
  readonly moments: Moment[] = [{ at: 0, state: 'unknown', why: 'it has drawn nothing' }];
  readonly #handle: RuntimeHandle;
  readonly #socket: string;
  readonly #begun: string;
  #asked = 0;
  #release: (() => void) | null = null;

  private constructor({ place, server, handle, socket, begun }: Parts) {
    this.place = place;
    this.server = server;
    this.#handle = handle;
    this.#socket = socket;
    this.#begun = begun;
  }

  static async open(
    place: Place,
    server: ModelServer,
    how: { argv: string[]; env: Record<string, string>; begun?: string | undefined },
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
    return new Stage({ place, server, handle, socket, begun: how.begun ?? '' });
  }

  get bytes(): Buffer {
    return readFileSync(this.#output);
  }

  /** Waits until it says that it has begun, where it says that. */
  async begun(): Promise<void> {
    await waitFor('its beginning', () => this.bytes.includes(this.#begun), patienceMs);
  }

  /** Waits until it has drawn something and draws no more; it may go on with what it draws all the time. */
  async quiet(ms = quietMs, mostMs = 20_000): Promise<void> {
    const deadline = performance.now() + mostMs;
    let [seen, since] = [this.#size, performance.now()];
    while (performance.now() < deadline && (seen === 0 || performance.now() - since < ms)) {
      await delay(10);
      if (this.#size !== seen) [seen, since] = [this.#size, performance.now()];
    }
  }

  /** What is true from here on, for `forMs` or shorter: once now, and again whenever it has drawn more. */
  async note(state: Moment['state'], why: string, more: Watch = {}): Promise<void> {
    const { forMs = 0, while: holds = () => true, ...rest } = more;
    const deadline = performance.now() + forMs;
    for (;;) {
      await this.quiet(frameMs, 10 * frameMs); // as whoever looks does not look in the middle of a frame
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

  /**
   * A message, sent as ao sends it. On a busy machine some take Enter so soon behind a paste for a part of it, and some lose or keep
   * what they are given before they have begun: then they were not at rest before.
   */
  async say(text: string): Promise<void> {
    const before = this.requests;
    const isKept = this.server.underWay > 0;
    const taken = (ms: number): Promise<boolean> =>
      waitFor('a request', () => this.requests > before, ms).then(
        () => true,
        () => false,
      );
    for (let tries = 0; tries < 3; tries += 1) {
      await this.type(`${text}\n`);
      if (isKept || (await taken(atOnceMs))) return;
      if (before === 0) this.moments.splice(1);
      if (await taken(8000)) return;
      await this.press('Enter');
      if (await taken(8000)) return;
    }
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
  async asked(withinMs = patienceMs): Promise<void> {
    this.#asked += 1;
    await waitFor(`request ${this.#asked}`, () => this.requests >= this.#asked, withinMs);
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

  /** For people who wonder why a scene does not go on. */
  async shown(): Promise<string[]> {
    const screen = new TerminalScreen(size);
    await screen.write(this.bytes);
    const rows = screen.rows().filter((row) => row !== '');
    screen.close();
    return rows;
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
