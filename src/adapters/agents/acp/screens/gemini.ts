import type { ScreenReading } from '../../../../domain/screen-reading.ts';
import { deed } from '../../said.ts';
import { isAnswerable, type MoreOfScreen, numberedAnswers, optionsOf, quoted } from '../../screen-parts.ts';
import { type InputLine, readerOf, rowAbove } from './shape.ts';

/** Gemini CLI: an input line under a rule and the mode, with the workspace below; or a box with a question and answers. */
export const readGeminiScreen = readerOf({
  question,
  input,
  work: (rows, { top }) => {
    const last = rows[rowAbove(rows, top)] ?? '';
    return /^ [⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] .*\(esc to cancel, /.test(last) ? (last.split(/ {3,}/)[0] ?? last) : null;
  },
  failed: (rows, { top }) => {
    const last = rows.slice(Math.max(0, top - 12), top);
    const at = last.findLastIndex((row) => row.startsWith('✕ [API Error: '));
    const end = last.findIndex((row, index) => index > at && row.trim() === '');
    const isLast = last.slice(end).every((row) => /^(?:\s*|ℹ This request failed.*|\s{60,}\S.*)$/.test(row));
    if (at < 0 || !isLast) return null;
    return quoted(last.slice(at, end).join(' ')).replace(/^✕ /, '');
  },
  busyTitle: /^(?:✦ +Working|✋|⏲)/,
});

/** A box is the last thing on the screen. */
function question(
  rows: readonly string[],
  { title: titleOfWindow = '' }: MoreOfScreen,
): ScreenReading | null {
  const end = rows.length - 1;
  if (!/^ ?╰─{20,}╯?$/.test(rows[end] ?? '')) return null;
  const top = rows.findLastIndex((row, index) => index < end && /^ ?╭─{20,}/.test(row));
  const inside = rows
    .slice(0, end)
    .map((row, index) => (index > top ? row.replace(/^ ?│/, '').replace(/│$/, '') : ''));
  const answers = numberedAnswers(inside, top + 1, end);
  const [first] = answers;
  if (top < 0 || first === undefined) return null;
  const limit = quoted(inside.slice(top + 1, first.row).find((row) => row.trim() !== '') ?? '');
  if (limit.startsWith('Usage limit reached'))
    return {
      state: 'failed',
      failure: { class: 'usage_limit', message: limit, resetAt: null },
      quote: limit,
      draft: null,
    };
  if (titleOfWindow.startsWith('✦')) return null; // what a command printed stands in such a box too
  const at = inside.findLastIndex((row, index) => index < first.row && /\?(?: |$)/.test(row.trim()));
  const quote = quoted(inside[at] ?? inside[first.row] ?? '');
  const options = optionsOf(answers);
  const asksLeave =
    /^(?:Allow execution|Apply this change|Do you want to proceed|Allow )/.test(quote) &&
    isAnswerable(options);
  if (!asksLeave) return { state: 'dialog', title: quote, quote, draft: null };
  const [, name = quote, object = ''] = /^\? (\S+) +(.*)$/.exec(quoted(inside[top + 1] ?? '')) ?? [];
  const command = quote.startsWith('Allow execution') ? boxed(inside.slice(top + 2, at)) : '';
  return { state: 'permission', title: deed(name, command || object), options, quote, draft: null };
}

/** What the box within holds: the command itself, where the headline may be what the model says of it. */
function boxed(rows: readonly string[]): string {
  const top = rows.findIndex((row) => /^ *╭─+╮? *$/.test(row));
  const end = rows.findIndex((row) => /^ *╰─+╯? *$/.test(row));
  if (top < 0 || end < top) return '';
  const room = (rows[top] ?? '').trim().length - 6; // frame and margins
  const lines = rows.slice(top + 1, end).map((row) => row.replace(/^ *│ ?/, '').replace(/ *│ *$/, ''));
  return lines.map((line) => (line.length >= room ? line : `${line} `)).join(''); // a full row was cut within a word
}

function input(rows: readonly string[], { bright = rows }: { bright?: readonly string[] }): InputLine | null {
  const footer = rows.findLastIndex((row) => row.startsWith(' workspace (/directory) '));
  if (footer < 0 || rows.length - footer > 3) return null;
  const at = rows.findLastIndex((row, index) => index < footer && /^ [>*!] /.test(`${row} `));
  const top = rows.findLastIndex((row, index) => index < at && /^─{60,}$/.test(row));
  if (at < 0 || top < 0 || at - top > 4 || !hasBegun(rows.slice(0, top))) return null;
  const typed = bright
    .slice(at, footer)
    .map((row) => row.slice(3))
    .join('\n')
    .replaceAll(/[▀▄]/g, '')
    .trim();
  return { top, draft: typed === 'Type your message or @path/to/file' ? '' : typed };
}

/** The input line is drawn before it knows whether it has to ask something first; what it is called, after that. */
const hasBegun = (above: readonly string[]): boolean =>
  above.length > 30 || above.some((row) => /Gemini CLI v\d|^ > \S|^[✦✕ℹ] /.test(row));
