import headless from '@xterm/headless';

/** What a terminal of that size shows: fed with what a program printed, read row by row. It keeps nothing that was scrolled away. */
export class TerminalScreen {
  readonly #terminal: headless.Terminal;

  constructor({ columns, rows }: { columns: number; rows: number }) {
    this.#terminal = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
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

  close(): void {
    this.#terminal.dispose();
  }
}
