/* oxlint-disable no-control-regex -- escape sequences are what a terminal reads */

/**
 * A terminal small enough to be trusted: plain ASCII, the few sequences that the live table uses (it throws on any
 * other), and the wrapping of long lines that terminals do when their window becomes narrower.
 */
export class Terminal {
  /** From the first line ever written; the window shows the last ones. */
  lines: string[] = [''];
  #row = 0;
  #column = 0;
  #columns: number;
  readonly #rows: number;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  write(bytes: string): void {
    for (const [token] of bytes.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[\x20-\x7e]+|[\s\S]/g)) this.#take(token);
  }

  resize(columns: number): void {
    const wrapped = this.lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? ['']);
    this.#row = wrapped.length - 1;
    this.lines = wrapped;
    this.#columns = columns;
  }

  #take(token: string): void {
    if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#down();
    else if (/^\x1b\[\d+A$/.test(token)) this.#up(Number(token.slice(2, -1)));
    else if (token === '\x1b[J')
      this.lines = [...this.lines.slice(0, this.#row), this.#line().slice(0, this.#column)];
    else if (token === '\x1b[K') this.lines[this.#row] = this.#line().slice(0, this.#cursor());
    else if (/^[\x20-\x7e]+$/.test(token)) this.#print(token);
    else if (!/^\x1b\[(\?\d+[hl]|[\d;]*m)$/.test(token))
      throw new Error(`no terminal knows ${JSON.stringify(token)}`);
  }

  /** Behind the last column the cursor still stands on it. */
  #cursor(): number {
    return Math.min(this.#column, this.#columns - 1);
  }

  #line(): string {
    return this.lines[this.#row] ?? '';
  }

  #down(): void {
    this.#row += 1;
    if (this.#row === this.lines.length) this.lines.push('');
  }

  #up(count: number): void {
    const top = Math.max(0, this.lines.length - this.#rows);
    this.#row = Math.max(top, this.#row - count);
  }

  #print(text: string): void {
    const end = this.#column + text.length;
    if (end > this.#columns) throw new Error(`too wide for ${this.#columns} columns: ${text}`);
    const line = this.#line();
    this.lines[this.#row] = line.slice(0, this.#column).padEnd(this.#column) + text + line.slice(end);
    this.#column = end;
  }
}
