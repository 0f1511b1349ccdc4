import headless from '@xterm/headless';

export interface ScreenSize {
  columns: number;
  rows: number;
}

const mostUndrawn = 64 * 1024;
const longestTitle = 500;
/** Of each column: letters may have marks, but not thousands of them. */
const mostOfCell = 8;

/**
 * Ends of sequences that do something so many times: insert, take out, scroll, erase, go to the next stop, repeat. What wants more than there is
 * to see is left out: a dozen bytes would keep us busy for hours. So are colours and links, which nobody looks at, and which take long in masses.
 */
const repeating = [...'@LMPSTXIZb'];

/** What a terminal of that size shows: fed with what a program printed, read row by row. It keeps nothing that was scrolled away. */
export class TerminalScreen {
  readonly #terminal: headless.Terminal;
  readonly #printed: { bytes: Uint8Array; size: ScreenSize }[] = [];
  #undrawn = 0;
  #drawing = Promise.resolve();
  /** As the program set it. */
  title = '';
  /** What the program last said of its own state, with OSC 7501. */
  declared = '';

  constructor({ columns, rows }: ScreenSize) {
    this.#terminal = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
    this.#terminal.onTitleChange((title) => {
      this.title = title.slice(0, longestTitle);
    });
    const { parser } = this.#terminal;
    parser.registerOscHandler(7501, (data) => {
      if (data !== '?') this.declared = data.slice(0, longestTitle);
      return true;
    });
    for (const unseen of [4, 8, 10, 11, 12, 104, 110, 111, 112])
      parser.registerOscHandler(unseen, () => true);
    for (const final of repeating) {
      parser.registerCsiHandler({ final }, ([times]) => {
        return Number(times ?? 1) > Math.max(this.#terminal.cols, this.#terminal.rows);
      });
    }
  }

  /** What a program prints into a terminal of that size; shown when it is drawn, or at once where it is much. */
  async print(bytes: Uint8Array, size: ScreenSize): Promise<void> {
    this.#printed.push({ bytes, size });
    this.#undrawn += bytes.length;
    if (this.#undrawn >= mostUndrawn) await this.draw();
  }

  /** Resolves when all that was printed is shown. Drawing seldom is cheap: each time the process has to wake up once more. */
  draw(): Promise<void> {
    if (this.#undrawn > 0) this.#drawing = this.#drawing.then(() => this.#drawAll());
    return this.#drawing;
  }

  async #drawAll(): Promise<void> {
    this.#undrawn = 0;
    for (const { bytes, size } of this.#printed.splice(0)) {
      this.#resize(size);
      await this.write(bytes);
    }
  }

  /** Resolves when the screen shows it. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve));
  }

  #resize({ columns, rows }: ScreenSize): void {
    if (columns !== this.#terminal.cols || rows !== this.#terminal.rows) this.#terminal.resize(columns, rows);
  }

  /** The program has begun a frame (mode 2026) and not ended it: what is shown is half of the old and half of the new. */
  get drawing(): boolean {
    return this.#terminal.modes.synchronizedOutputMode;
  }

  /** From top to bottom, each without the blanks at its end. */
  rows(): string[] {
    const longest = this.#terminal.cols * mostOfCell;
    return this.#lines().map((line) => (line?.translateToString(true) ?? '').slice(0, longest).trimEnd());
  }

  /** The same, with blanks for what is drawn faintly: hints of the program, mostly. */
  brightRows(rows = this.rows()): string[] {
    const cell = this.#terminal.buffer.active.getNullCell();
    return this.#lines().map((line, row) => brightRow(line, cell, rows[row] ?? ''));
  }

  #lines(): (headless.IBufferLine | undefined)[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) => active.getLine(active.baseY + row));
  }

  close(): void {
    this.#terminal.dispose();
  }
}

/** Screens are looked at all the time: nothing is put together for a row without anything faint, and nothing looked at behind its end. */
function brightRow(line: headless.IBufferLine | undefined, cell: headless.IBufferCell, text: string): string {
  let faint = false;
  let bright = '';
  for (let column = 0, left = text.length; left > 0; column += 1) {
    const at = line?.getCell(column, cell);
    if (at === undefined) break;
    if (at.getWidth() === 0) continue;
    const chars = at.getChars() || ' ';
    left -= chars.length;
    if (at.isDim() !== 0 && !faint) {
      faint = true;
      bright = text.slice(0, text.length - left - chars.length);
    }
    if (faint) bright += at.isDim() !== 0 ? ' '.repeat(at.getWidth()) : chars;
  }
  return faint ? bright.trimEnd() : text;
}
