import { column, oneLine, textWidth } from './text-width.ts';

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
