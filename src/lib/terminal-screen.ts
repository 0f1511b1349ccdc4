import headless from '@xterm/headless';

/** What a terminal of that size shows: fed with what a program printed, read row by row. It keeps nothing that was scrolled away. */
export class TerminalScreen {
  readonly #terminal: headless.Terminal;
  /** As the program set it. */
  title = '';
  /** What the program last said of its own state, with OSC 7501. */
  declared = '';

  constructor({ columns, rows }: { columns: number; rows: number }) {
    this.#terminal = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
    this.#terminal.onTitleChange((title) => {
      this.title = title;
    });
    this.#terminal.parser.registerOscHandler(7501, (data) => {
      if (data !== '?') this.declared = data;
      return true;
    });
  }

  resize({ columns, rows }: { columns: number; rows: number }): void {
    if (columns !== this.#terminal.cols || rows !== this.#terminal.rows) this.#terminal.resize(columns, rows);
  }

  /** Resolves when the screen shows it. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve));
  }

  /** From top to bottom, each without the blanks at its end. */
  rows(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  /** The same, with blanks for what is drawn faintly: hints of the program, mostly. */
  brightRows(): string[] {
    const { active } = this.#terminal.buffer;
    const cell = active.getNullCell();
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row);
      let text = '';
      for (let column = 0; column < this.#terminal.cols; column += 1) {
        const at = line?.getCell(column, cell);
        if (at === undefined || at.getWidth() === 0) continue;
        text += at.isDim() !== 0 ? ' '.repeat(at.getWidth()) : at.getChars() || ' ';
      }
      return text.trimEnd();
    });
  }

  close(): void {
    this.#terminal.dispose();
  }
}
