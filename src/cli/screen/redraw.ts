import { textWidth } from './text-width.ts';
import { stripPaint } from './paint.ts';

const begin = '\x1b[?2026h\x1b[?7l';
const end = '\x1b[?7h\x1b[?2026l';

/** What a terminal needs on its way in and out: no blinking cursor in the table, and one again afterwards. */
export const hideCursor = '\x1b[?25l';
export const showCursor = '\x1b[?7h\x1b[?25h';

/**
 * Bytes that turn the lines on the screen into others. The cursor stands below the last line before and after. Only lines
 * that differ are written, as one synchronised update, so that nothing flickers; automatic wrapping is off meanwhile, so
 * that a character that is wider than we think cannot break the picture. Lines have to be narrower than the terminal.
 */
export function redraw(before: readonly string[], after: readonly string[]): string {
  if (before.length === after.length && before.every((line, index) => line === after[index])) return '';
  const up = before.length > 0 ? `\x1b[${before.length}A` : '';
  const lines = after.map((line, index) => (line === before[index] ? '\r\n' : `${line}\x1b[K\r\n`));
  const rest = before.length > after.length ? '\x1b[J' : '';
  return `${begin}\r${up}${lines.join('')}${rest}${end}`;
}

/** Bytes that take the lines off a screen of that width: a terminal that became narrower has wrapped the long ones. */
export function erase(lines: readonly string[], columns: number): string {
  const rows = lines.reduce((sum, line) => sum + rowsOf(line, columns), 0);
  return rows === 0 ? '' : `\r\x1b[${rows}A\x1b[J`;
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(textWidth(stripPaint(line)) / Math.max(1, columns)));
}
