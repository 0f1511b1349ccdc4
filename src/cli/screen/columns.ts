import { column, fit, oneLine, textWidth } from './text-width.ts';

/** Rows with aligned columns, two spaces apart; the last column is as long as it is. Cells become one line each. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [head, ...rows.map((row) => row.map(oneLine))];
  const widths = head.map((_, index) => Math.max(...lines.map((line) => textWidth(line[index] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, index) => (index === line.length - 1 ? cell : column(cell, widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

interface Wide {
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** Heads of columns that one can do without, the first to go first. */
  spare: readonly string[];
}

const leastFirst = 16;
const leastLast = 24;

/** The same for a terminal: where it is narrow spare columns go, then the first one, of ids, gives way to the last, and no line is wider. */
export function columnsWithin(width: number, { head, rows, spare }: Wide): string[] {
  let table: Table = [head, ...rows.map((row) => row.map(oneLine))];
  for (const name of spare) {
    if (needed(table) <= width) break;
    const gone = table[0]?.indexOf(name) ?? -1;
    table = table.map((line) => line.filter((_, index) => index !== gone));
  }
  const first = Math.max(leastFirst, widest(table, 0) - Math.max(0, needed(table) - width));
  const [top = [], ...below] = table.map(([cell = '', ...rest]) => [shortId(cell, first), ...rest]);
  return columns(top, below).map((line) => fit(line, width));
}

const tail = '-5d065dc2-1'.length;

/** Attempts of a task differ only at the end. */
function shortId(id: string, width: number): string {
  if (textWidth(id) <= width) return id;
  return `${fit(id.slice(0, -tail), width - tail)}${id.slice(-tail)}`;
}

type Table = readonly (readonly string[])[];

const widest = (table: Table, index: number): number =>
  Math.max(...table.map((line) => textWidth(line[index] ?? '')));

/** So that at least the beginning of the last column can be read. */
function needed(table: Table): number {
  const widths = (table[0] ?? []).map((_, index) => widest(table, index));
  const last = Math.min(leastLast, widths.pop() ?? 0);
  return widths.reduce((sum, each) => sum + each + 2, last);
}
