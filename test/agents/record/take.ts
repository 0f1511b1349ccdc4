// One recording of a client at work: what it was given and what it said, line by line, until it has ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { endTree, readStartTime } from '../../../src/lib/process-tree.ts';
import { environmentOf, type Place } from '../clients/place.ts';

/** `in` is what the client was given, `out` what it said, `err` its standard error; `at` in milliseconds. */
export type Line =
  | { dir: 'start'; argv: string[]; env: Record<string, string> }
  | { dir: 'in' | 'out' | 'err'; at: number; line: string }
  | { dir: 'signal'; at: number; signal: NodeJS.Signals }
  | { dir: 'exit'; at: number; code: number | null; signal: NodeJS.Signals | null };

export type Message = Record<string, unknown>;

export interface How {
  env?: Record<string, string>;
  /** Standard error goes where output goes, as a runtime has it: then the order of the two is true. */
  errorsAsOutput?: boolean;
}

export class Take {
  readonly place: Place;
  readonly lines: Line[] = [];
  readonly #started = performance.now();
  readonly #mark = `agents-${randomUUID()}`;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  exited = false;
  #read = 0;

  constructor(place: Place, argv: string[], { env = {}, errorsAsOutput = false }: How = {}) {
    this.place = place;
    const own = { ...environmentOf(place), ...env };
    for (const [name, value] of Object.entries(own)) if (value === '') delete own[name];
    const [program = '', ...args] = errorsAsOutput ? ['sh', '-c', 'exec "$0" "$@" 2>&1', ...argv] : argv;
    this.lines.push({ dir: 'start', argv, env: shown(own) });
    this.#child = spawn(program, args, {
      cwd: place.workspace,
      env: { ...own, AO_MARK: this.#mark },
      detached: true,
    });
    this.#child.stdin?.on('error', () => {}); // it may have ended
    for (const dir of ['out', 'err'] as const) {
      const stream = dir === 'out' ? this.#child.stdout : this.#child.stderr;
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => this.lines.push({ dir, at: this.#at(), line }));
    }
    process.on('exit', this.#abandon);
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.exited = true;
        this.lines.push({ dir: 'exit', at: this.#at(), code, signal });
        resolve();
      });
    });
  }

  send(message: Message): void {
    const line = JSON.stringify(message);
    this.lines.push({ dir: 'in', at: this.#at(), line });
    this.#child.stdin?.write(`${line}\n`);
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** The next message that fits, each looked at once; null when the client ended or the time is over. */
  async next(fits: (message: Message) => boolean, timeoutMs = 60_000): Promise<Message | null> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      while (this.#read < this.lines.length) {
        const line = this.lines[this.#read] as Line;
        this.#read += 1;
        const message = line.dir === 'out' ? parsed(line.line) : null;
        if (message && fits(message)) return message;
      }
      if (this.exited || performance.now() > deadline) return null;
      await delay(10);
    }
  }

  /** Waits for the client's own end; after `patienceMs` it is told to end, in the end it is killed with all it started. */
  async end(patienceMs = 10_000): Promise<Line[]> {
    const pid = this.#child.pid ?? 0;
    const startTime = (await readStartTime(pid)) ?? '';
    if (!(await this.#within(patienceMs))) {
      this.lines.push({ dir: 'signal', at: this.#at(), signal: 'SIGTERM' });
      this.#child.kill('SIGTERM');
      await this.#within(5000);
    }
    await endTree({ mark: this.#mark, pid, startTime, graceMs: 1000 });
    await this.#ended;
    process.off('exit', this.#abandon);
    return this.lines;
  }

  #within(ms: number): Promise<boolean> {
    const over = new AbortController();
    const timeout = delay(ms, false, { signal: over.signal }).catch(() => false);
    return Promise.race([this.#ended.then(() => true), timeout]).finally(() => over.abort());
  }

  /** When we are ended ourselves; it leads a process group of its own, which a signal to ours does not reach. */
  readonly #abandon = (): void => {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  };

  #at(): number {
    return Math.round(performance.now() - this.#started);
  }
}

const common = ['PATH', 'HOME', 'TMPDIR', 'TERM', 'LANG', 'SHELL', 'TZ'];

const shown = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !common.includes(name)));

function parsed(line: string): Message | null {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return null;
  }
}
