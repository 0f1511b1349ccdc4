import type { ScreenReading } from '../../../../domain/screen-reading.ts';
import { deed } from '../../said.ts';
import { isAnswerable, numberedAnswers, optionsOf, quoted } from '../../screen-parts.ts';
import { type InputLine, readerOf } from './shape.ts';

const spinner = /^ {1,2}(?:[🌑🌒🌓🌔🌕🌖🌗🌘]|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]) /u;

/** Kimi Code: a box with the input line and a row of facts below it; or a question between two rules. */
export const readKimiScreen = readerOf({
  question,
  input,
  work: (rows, { top }) => {
    for (let row = top - 1; row >= 0 && row > top - 12; row -= 1) {
      const text = rows[row] ?? '';
      // Below it stands why it asks again.
      if (spinner.test(text))
        return /^ {5}\d{3} · /.test(rows[row + 1] ?? '') ? `${text} ${rows[row + 1]}` : text;
      if (/^ [●✨]/u.test(text)) return null;
    }
    return null;
  },
  failed: (rows, { top }) => {
    const lines = rows.slice(Math.max(0, top - 9), top).map(quoted);
    const at = lines.findLastIndex((line) => /^Error: \[[\w.]+\] /.test(line));
    const isAside = (line: string): boolean => line === '' || line.startsWith('If this persists, ');
    const more = lines.slice(at + 1);
    const aside = more.findIndex(isAside);
    const wrapped = aside < 0 ? more : more.slice(0, aside);
    const isLast =
      more.slice(wrapped.length).every(isAside) && !wrapped.some((line) => /^[●✨✗]/u.test(line));
    return at >= 0 && isLast ? [lines[at], ...wrapped].join(' ') : null;
  },
});

const rule = /^ ?─{60,}$/;
/** Below everything else: what it may do, the model, the directory, a tip. */
const factRows = 3;

function question(rows: readonly string[]): ScreenReading | null {
  const bottom = rows.findLastIndex((row) => rule.test(row));
  const top = rows.findLastIndex((row, index) => index < bottom && rule.test(row));
  if (top < 0 || rows.length - 1 - bottom > factRows) return null;
  if (rows.length - 1 === bottom) return firstQuestion(rows.slice(top + 1, bottom));
  if (!/· ↵ \w+|enter (?:to )?confirm/i.test(rows[bottom - 1] ?? '')) return null;
  const head = rows[top + 1] ?? '';
  const quote = quoted(head).replace(/^▶ /, '');
  const options = optionsOf(numberedAnswers(rows, top + 2, bottom));
  if (!/^ *▶ \S/.test(head) || !isAnswerable(options))
    return { state: 'dialog', title: quote, quote, draft: null };
  const command = rows.slice(top, bottom).find((row) => /^ {3}\$ /.test(row));
  const title = command === undefined ? quote : deed('Bash', quoted(command).replace(/^\$ /, ''));
  return { state: 'permission', title, options, quote, draft: null };
}

/** Before there is a session there are no facts below. */
function firstQuestion(rows: readonly string[]): ScreenReading | null {
  const quote = quoted(rows.find((row) => row.trim() !== '') ?? '');
  const isAsked = quote !== '' && rows.some((row) => /^ +❯ \S/.test(row));
  return isAsked ? { state: 'dialog', title: quote, quote, draft: null } : null;
}

function input(rows: readonly string[], { bright = rows }: { bright?: readonly string[] }): InputLine | null {
  const bottom = rows.findLastIndex((row) => /^ ?╰─{60,}/.test(row));
  const top = rows.findLastIndex((row, index) => index < bottom && /^ ?╭─{60,}/.test(row));
  if (top < 0 || rows.length - 1 - bottom > factRows || rows.length - 1 === bottom) return null;
  if (!/^ ?│ [>!]/.test(rows[top + 1] ?? '')) return null;
  const typed = bright
    .slice(top + 1, bottom)
    .map((row) => row.replace(/^ ?│ [>! ] ?/, '').replace(/\s*│$/, ''));
  return { top, draft: typed.join('\n').trim() };
}
