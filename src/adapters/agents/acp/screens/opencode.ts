import type { ScreenReading } from '../../../../domain/screen-reading.ts';
import { deed } from '../../said.ts';
import { isAnswerable, type MoreOfScreen, optionsOf, quoted, type ScreenReader } from '../../screen-parts.ts';
import { failureOf } from '../failure.ts';
import { type InputLine, readerOf, rowAbove } from './shape.ts';

interface Kin {
  /** What more it wants pressed behind a refusal: to tell it what to do instead. */
  refusing: readonly string[];
}

/**
 * opencode and kilo: an input box with the agent's name in it and a row below it, or a question with answers side by side in its place. What
 * was said stands above, facts at the right.
 */
const readerOfKin = (kin: Kin): ScreenReader =>
  readerOf({
    question: (rows) => question(rows, kin),
    input,
    work: (rows) => {
      const row = rows.findLast((shown) => / esc (?:again to )?interrupt/.test(shown)) ?? '';
      return /^ {1,4}[■⬝]{4,} +/.test(row) ? (row.trim().split(/ {8,}/)[0] ?? row) : null;
    },
    failed: (rows, { top }) => {
      const end = rowAboveLeft(rows, top);
      if (!/^▣ [^·]+ · [^·]+$/.test(leftOf(rows[end] ?? ''))) return null;
      const box = rowAboveLeft(rows, end);
      const message = leftOf(rows[box] ?? '');
      return /^ *┃ +\S/.test(rows[box] ?? '') && failureOf({ message }).class !== 'other' ? message : null;
    },
    hasEnded: (rows, { top }) => {
      if (/^ {20,}┃/.test(rows[top] ?? '')) return true; // in the middle of a screen with nothing said yet
      const last = leftOf(rows[rowAboveLeft(rows, top)] ?? '');
      return last === '' || last.startsWith('▣ '); // without a time where it was refused something
    },
  });

export const readOpencodeScreen = readerOfKin({ refusing: [] });
export const readKiloScreen = readerOfKin({ refusing: ['Enter'] });

/** Without the column at the right. */
const leftOf = (row: string): string => quoted(row.slice(0, 155));

const rowAboveLeft = (rows: readonly string[], top: number): number =>
  rows.findLastIndex((row, index) => index < top && leftOf(row) !== '');

function question(rows: readonly string[], { refusing }: Kin): ScreenReading | null {
  const at = rows.findLastIndex((row) => /^ *┃ +△ Permission required/.test(row));
  const end = rows.findLastIndex((row, index) => index > at && /^ *┃ +Allow (?:once )? {2,}/.test(row));
  if (at < 0 || end < 0 || rows.length - 1 - end > 3) return null;
  // The first one is chosen already; the others stand at its right.
  const labels = (rows[end] ?? '').replace(/^ *┃ +/, '').split(/ {3,}/);
  const answers = labels.map((label, place) => ({
    row: end,
    label,
    keys: [
      ...Array.from({ length: place }, () => 'Right'),
      'Enter',
      ...(/always/.test(label) ? ['Enter'] : []),
      ...(label.startsWith('Reject') ? refusing : []),
    ],
  }));
  const options = optionsOf(answers);
  if (!isAnswerable(options)) return null;
  const inside = rows.slice(at + 1, end).map(leftOf);
  const command = inside.find((row) => row.startsWith('$ '));
  const head = inside.find((row) => row !== '') ?? '';
  const title = command === undefined ? deed(head.replace(/^\S /, ''), '') : deed('Bash', command.slice(2));
  return { state: 'permission', title, options, quote: leftOf(rows[at] ?? ''), draft: null };
}

/** Its lower edge; the row above it names the agent. */
const edge = /^ *╹▀{20,}/;

function input(rows: readonly string[], { bright = rows }: MoreOfScreen): InputLine | null {
  const bottom = rows.findLastIndex((row) => edge.test(row));
  let top = bottom;
  while (top > 0 && /^ *┃/.test(rows[top - 1] ?? '')) top -= 1;
  if (bottom < 0 || bottom - top < 3 || rowAbove(rows, rows.length) - bottom > 20) return null;
  const typed = bright
    .slice(top, bottom - 1)
    .map(leftOf)
    .join('\n')
    .trim();
  return { top, draft: typed.startsWith('Ask anything') ? '' : typed };
}
