import type { ScreenReading } from '../../../../domain/screen-reading.ts';
import { deed } from '../../said.ts';
import { isAnswerable, numberedAnswers, optionsOf, quoted } from '../../screen-parts.ts';
import { type InputLine, readerOf, rowAbove } from './shape.ts';

const spinner = /^ {2}[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /;

/** Qwen Code: an input line between two rules with the mode below it, or answers above “Waiting for user confirmation”. */
export const readQwenScreen = readerOf({
  question,
  input,
  work: (rows, { top }) => {
    const above = rows.slice(Math.max(0, top - 8), top);
    const turns = above.find((row) => spinner.test(row) && row.includes('esc to cancel'));
    return turns === undefined ? null : (above.find((row) => /^ {2}↻ Retrying in /.test(row)) ?? turns);
  },
  failed: (rows, { top }) => {
    const last = quoted(rows[rowAbove(rows, top)] ?? '');
    return last.startsWith('✕ [API Error: ') ? last.replace(/^✕ /, '') : null;
  },
  busyTitle: /^[◐◑◒◓✳]/,
});

function question(rows: readonly string[]): ScreenReading | null {
  const end = rows.length - 1;
  if (!/^ {2}[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Waiting for user confirmation/.test(rows[end] ?? '')) return null;
  const answers = numberedAnswers(rows, Math.max(0, end - 16), end);
  const [first] = answers;
  if (first === undefined) return null;
  const at = rowAbove(rows, first.row);
  const quote = quoted(rows[at] ?? '');
  const options = optionsOf(answers);
  if (!quote.endsWith('?')) return null;
  if (!isAnswerable(options)) return { state: 'dialog', title: quote, quote, draft: null };
  const head = quoted(rows.findLast((row, index) => index < at && /^ {2}\? \S/.test(row)) ?? '');
  const [, name = quote, object = ''] = /^\? (\S+) (.*?)(?: ←)?$/.exec(head) ?? [];
  return { state: 'permission', title: deed(name, object), options, quote, draft: null };
}

const rule = /^─{60,}$/;
const mode = /\(shift \+ tab to cycle\)/i;

function input(rows: readonly string[], { bright = rows }: { bright?: readonly string[] }): InputLine | null {
  const bottom = rows.findLastIndex((row) => rule.test(row));
  const footer = rows.slice(bottom + 1);
  if (footer.length > 4 || !footer.some((row) => mode.test(row))) return null;
  const top = rows.findLastIndex((row, index) => index < bottom && rule.test(row));
  if (top < 0 || !/^[>*!] /.test(`${rows[top + 1]} `)) return null;
  const typed = bright
    .slice(top + 1, bottom)
    .map((row) => row.slice(2))
    .join('\n')
    .trim();
  return { top, draft: typed === 'Type your message or @path/to/file' ? '' : typed };
}
