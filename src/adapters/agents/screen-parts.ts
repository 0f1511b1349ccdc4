// What readers of screens have in common: rows that hold something, and lists of answers that a number or a letter picks.
import type { AgentFailure } from '../../domain/agent-facts.ts';
import type { ScreenOption, ScreenReading } from '../../domain/screen-reading.ts';
import { cleanText } from '../../lib/clean-text.ts';
import type { MoreOfScreen as Told } from '../../ports/terminal-agent.ts';

/** What a terminal knows besides its rows; a reader does without where it is not told. */
export type MoreOfScreen = Partial<Told>;

export type ScreenReader = (rows: readonly string[], more?: MoreOfScreen) => ScreenReading;

export const unseen: ScreenReading = { state: 'unknown', quote: '', draft: null };

/** For people: without frames and doubled blanks. */
export const quoted = (row: string): string =>
  cleanText(row)
    .replaceAll(/[│┃║▌]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed();

/** The rows up to the last one that holds something. */
export function shownRows(rows: readonly string[]): readonly string[] {
  const last = rows.findLastIndex((row) => row.trim() !== '');
  return rows.slice(0, last + 1);
}

/**
 * What an answer means, by its words: every client puts them in another order. Null for what allows more than was asked
 * (another mode), and for what is no answer.
 */
export function meaningOf(whole: string): ScreenOption['kind'] | null {
  const label = whole.replaceAll(/`[^`]*`/g, ''); // a command that it quotes
  if (/\bmode\b/i.test(label)) return null;
  if (/^(no\b|reject|deny|decline)/i.test(label)) return 'reject';
  if (!/^(yes|allow|approve|always)/i.test(label)) return null;
  return /always|session|all edits|again|permanently/i.test(label) ? 'allow_always' : 'allow_once';
}

export interface Answer {
  row: number;
  label: string;
  keys: readonly string[];
}

const numbered = /^\s*(?:[❯›>●▶→]\s*)?(\d)\.\s+(\S.*)$/;

/** A list of numbered answers, one a row, the numbers from 1 on without a gap; rows between them belong to the one above. */
export function numberedAnswers(rows: readonly string[], from: number, to: number): Answer[] {
  const found: Answer[] = [];
  for (let row = from; row < to; row += 1) {
    const [, number, label] = numbered.exec(rows[row] ?? '') ?? [];
    if (number === undefined || label === undefined) continue;
    if (Number(number) === found.length + 1) found.push({ row, label: label.trim(), keys: [number] });
    else if (number === '1') found.splice(0, found.length, { row, label: label.trim(), keys: [number] });
  }
  return found;
}

/** The first answer of each meaning. */
export function optionsOf(answers: readonly Answer[]): ScreenOption[] {
  const options: ScreenOption[] = [];
  for (const { label, keys } of answers) {
    const kind = meaningOf(label);
    if (kind !== null && !options.some((option) => option.kind === kind)) options.push({ kind, keys });
  }
  return options;
}

/** A question that says neither yes nor no can not be answered by us. */
export const isAnswerable = (options: readonly ScreenOption[]): boolean =>
  options.some(({ kind }) => kind === 'allow_once') && options.some(({ kind }) => kind === 'reject');

/** The last word of a client that does not know the conversation that it is to take up; `said` is how that begins. */
export function goneIn(rows: readonly string[], said: RegExp): ScreenReading | null {
  const row = rows.find((shown) => shown.trim() !== '') ?? '';
  if (!said.test(row)) return null;
  const failure: AgentFailure = { class: 'conversation_gone', message: quoted(row), resetAt: null };
  return { state: 'failed', failure, quote: quoted(row), draft: null };
}
