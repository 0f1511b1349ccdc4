import type { WriteStream } from 'node:tty';
import type { RunView, StreamMessage } from '../../api/contract/responses.ts';
import type { Paint } from './paint.ts';
import { erase, hideCursor, redraw, showCursor } from './redraw.ts';
import { runScreen } from './run-screen.ts';
import { fit, textWidth } from './text-width.ts';

const tickMs = 1000;
/** An agent asks something. */
const bell = '\x07';
/** Changes come in bursts; the eye gets one picture for each. */
const restMs = 60;

/** The picture of one run on a terminal, kept up to date until it is closed; then the terminal is as it was. */
export class LiveTable {
  readonly #terminal: WriteStream;
  readonly #paint: Paint;
  #view: RunView | null = null;
  #footers: readonly string[] = [];
  #opening = '';
  #lines: string[] = [];
  #columns: number;
  #soon: NodeJS.Timeout | null = null;
  #tick: NodeJS.Timeout | null = null;

  constructor(terminal: WriteStream, paint: Paint) {
    this.#terminal = terminal;
    this.#paint = paint;
    this.#columns = terminal.columns;
    terminal.on('resize', this.#onResize);
    process.on('exit', this.#onExit);
    this.#begin();
  }

  /** One line until the first picture is there. */
  announce(text: string): void {
    this.#opening = text;
    this.#drawSoon();
  }

  take(message: StreamMessage): void {
    if (message.kind === 'event' && message.event.type === 'session.ask') this.#terminal.write(bell);
    if (message.kind !== 'run') return;
    this.#view = message.run;
    this.#drawSoon();
  }

  /** The line below everything, in wordings of which the first that fits is taken. */
  ask(...footers: string[]): void {
    this.#footers = footers;
    this.#drawSoon();
  }

  /** Takes the picture away and gives the terminal back; `resume` draws it anew. */
  pause(): void {
    if (this.#tick !== null) clearInterval(this.#tick);
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#tick = null;
    this.#soon = null;
    this.#terminal.write(erase(this.#lines, this.#terminal.columns) + showCursor);
    this.#lines = [];
  }

  resume(): void {
    this.#columns = this.#terminal.columns;
    this.#begin();
    this.#draw();
  }

  close(): void {
    this.pause();
    this.#terminal.off('resize', this.#onResize);
    process.off('exit', this.#onExit);
  }

  #begin(): void {
    this.#terminal.write(hideCursor);
    this.#tick = setInterval(() => this.#draw(), tickMs);
  }

  #drawSoon(): void {
    this.#soon ??= setTimeout(() => this.#draw(), restMs);
  }

  #draw(): void {
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
    if (this.#tick === null || this.#terminal.columns !== this.#columns) return; // paused, or a resize is on its way
    const lines = this.#picture();
    this.#terminal.write(redraw(this.#lines, lines));
    this.#lines = lines;
  }

  #picture(): string[] {
    const { rows } = this.#terminal;
    // The last column stays free: a terminal whose cursor waits there would erase it together with the rest of the line.
    const columns = Math.max(1, this.#terminal.columns - 1);
    if (this.#view === null) return this.#opening === '' ? [] : [fit(this.#opening, columns)];
    const footer = this.#footers.find((text) => textWidth(text) <= columns) ?? this.#footers.at(-1) ?? '';
    const space = { columns, rows, now: Date.now(), paint: this.#paint, footer };
    return runScreen(this.#view, space);
  }

  readonly #onResize = (): void => {
    if (this.#tick === null) return;
    this.#columns = this.#terminal.columns;
    this.#terminal.write(erase(this.#lines, this.#columns));
    this.#lines = [];
    this.#draw();
  };

  /** Whatever ends this process, the terminal keeps its cursor. */
  readonly #onExit = (): void => {
    this.#terminal.write(showCursor);
  };
}
