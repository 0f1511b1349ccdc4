import type { AgentFailure } from '../../../domain/agent-facts.ts';
import type { ScreenReading } from '../../../domain/screen-reading.ts';
import { deed } from '../said.ts';
import {
  goneIn,
  isAnswerable,
  type MoreOfScreen,
  numberedAnswers,
  optionsOf,
  quoted,
  shownRows,
  unseen,
} from '../screen-parts.ts';
import { failureOf } from './failure.ts';

/**
 * What Claude Code's terminal shows. At its bottom is either an input line between two rules with a footer below, or a question
 * that ends with a row of keys; whatever else is printed stands above, and proves nothing.
 */
export function readScreen(rows: readonly string[], more: MoreOfScreen = {}): ScreenReading {
  const shown = shownRows(rows);
  return (
    goneIn(shown, /^No conversation found with session ID/) ??
    questionIn(shown) ??
    inputIn(shown, more) ??
    unseen
  );
}

/** One of an input that is longer than what it shows says so. */
const rule = /^─{3,}(?: [↑↓] \d+ more )?─{20,}/;
const dottedRule = /^ ?╌{20,}/;
const keysRow = /^ {1,2}(?:Esc to cancel|Enter to (?:confirm|select)|↑\/↓ to )/;

/** The last row names the keys; answers stand above it, and above them what is asked, under a rule unless that has no room. */
function questionIn(rows: readonly string[]): ScreenReading | null {
  const end = rows.length - 1;
  const top = rows.findLastIndex((row) => rule.test(row));
  const chosen = rows.findLastIndex((row) => /^ {1,2}❯ \S/.test(row));
  if (!keysRow.test(rows[end] ?? '') || chosen < Math.max(0, top)) return null;
  const at = rows.findIndex(
    (row, index) => index > top && index < chosen && /^ {1,2}\S.*\?(?: |$)/.test(row),
  );
  if (at < 0) return null;
  const quote = quoted(rows[at] ?? '');
  const options = optionsOf(numberedAnswers(rows, at + 1, end));
  const asksLeave = /^(?:Do you want|Would you like) to (?!use\b)/.test(quote) && isAnswerable(options);
  if (top < 0 && !asksLeave) return null;
  if (!asksLeave) return { state: 'dialog', title: quote, quote, draft: null };
  const title = top < 0 ? restOf(rows.slice(0, at)) : titleOf(rows.slice(top + 1, at));
  return { state: 'permission', title, options, quote, draft: null };
}

/** `Bash command`, a tip, what it is for, and the command itself between dotted rules. */
function titleOf(rows: readonly string[]): string {
  const name = quoted(rows.find((row) => row.trim() !== '') ?? '').replace(/ command$/, '');
  const dotted = dottedRules(rows);
  const object = rows.slice((dotted[0] ?? rows.length) + 1, dotted[1]);
  return deed(name, object.map(quoted).join(' '));
}

const dottedRules = (rows: readonly string[]): number[] =>
  rows.flatMap((row, index) => (dottedRule.test(row) ? [index] : []));

/** Of a question that is larger than its terminal, so that its beginning is gone. */
function restOf(rows: readonly string[]): string {
  const dotted = dottedRules(rows);
  const object = rows.slice(dotted.length < 2 ? 0 : (dotted[0] ?? 0) + 1, dotted.at(-1));
  return deed('…', object.map(quoted).join(' '));
}

interface Input {
  /** Rows of its two rules. */
  top: number;
  bottom: number;
  draft: string;
}

function inputIn(rows: readonly string[], { bright = rows, title = '' }: MoreOfScreen): ScreenReading | null {
  const input = findInput(rows, bright);
  if (input === null) return null;
  const { draft } = input;
  const footer = rows.slice(input.bottom + 1);
  const busy = spinnerAbove(rows, input.top);
  if (busy !== null) return { ...workOf(busy), draft };
  const hint = footer.find((row) => row.includes('esc to interrupt'));
  if (hint !== undefined) return { state: 'working', quote: quoted(hint), draft };
  const waits = footer.find((row) => /^\s+Continuing (?:automatically at|shortly)\b/.test(row));
  const last = lastSaid(rows, input.top);
  if (waits !== undefined) {
    const failure = failureOf({ result: /hit your/.test(last) ? last : quoted(waits) }, 'rate_limit', null);
    const limit: AgentFailure = { ...failure, class: 'usage_limit' };
    return { state: 'retrying', failure: limit, delayMs: null, quote: quoted(waits), draft };
  }
  const failure = failureIn(last);
  if (failure !== null) return { state: 'failed', failure, quote: failure.message, draft };
  // Between the end of a limit and its next request nothing else tells.
  if (last.startsWith('● Usage limit reached · continuing'))
    return { state: 'unknown', quote: quoted(last), draft };
  // Its title turns while it works.
  if (/^[◐◑◒◓] /.test(title)) return { state: 'unknown', quote: title, draft };
  return { state: 'idle', quote: quoted(footer.at(-1) ?? ''), draft };
}

const footerRow = / (?:mode|permissions|edits) on\b|\? for shortcuts/;

function findInput(rows: readonly string[], bright: readonly string[]): Input | null {
  const bottom = rows.findLastIndex((row) => rule.test(row));
  const footer = rows.slice(bottom + 1);
  if (bottom < 0 || footer.length > 6 || !footer.some((row) => footerRow.test(row))) return null;
  const top = rows.findLastIndex((row, index) => index < bottom && rule.test(row));
  const begins = rows[top]?.includes('↑') === true || rows[top + 1]?.startsWith('❯') === true;
  if (top < 0 || !begins) return null;
  return { top, bottom, draft: draftIn(rows.slice(top + 1, bottom), bright.slice(top + 1, bottom)) };
}

/** A hint is faint but for the letter below the cursor. */
function draftIn(rows: readonly string[], bright: readonly string[]): string {
  const text = (lines: readonly string[]): string =>
    lines
      .map((line) => line.slice(2))
      .join('\n')
      .trim();
  const seen = text(bright);
  return seen.length <= 1 && text(rows).length > 1 ? '' : text(rows);
}

const spinner = /^[·✢✳✶✻✽*] (?=\S)(?:.*…|.*\bretrying in \d+)/;

/** The row of a running turn, in what stands right above the input line: what was said begins with other signs. */
function spinnerAbove(rows: readonly string[], top: number): string | null {
  for (let row = top - 1; row >= 0 && row > top - 16; row -= 1) {
    const text = rows[row] ?? '';
    if (spinner.test(text)) return text;
    if (/^[●❯]/.test(text)) return null;
  }
  return null;
}

function workOf(row: string): ScreenReading {
  const quote = quoted(row);
  const [, seconds] = /\bretrying in (\d+)\s?s/.exec(row) ?? [];
  if (seconds === undefined) return { state: 'working', quote, draft: null };
  const failure = failureOf({ result: quote.replace(/^\S /, '') }, '', null);
  return { state: 'retrying', failure, delayMs: Number(seconds) * 1000, quote, draft: null };
}

/** The last thing above the input line, put together where it was too long for a row. */
function lastSaid(rows: readonly string[], top: number): string {
  const isEffort = (row: string): boolean => /^\s{60,}\S/.test(row);
  const end = rows.findLastIndex((row, index) => index < top && row.trim() !== '' && !isEffort(row));
  let start = end;
  while (start > 0 && /^ {2,}[^\s⎿]/.test(rows[start] ?? '')) start -= 1;
  return rows
    .slice(start, end + 1)
    .map((row) => row.trim())
    .join(' ');
}

/** A turn that went well ends with a row of its own; one that failed ends with its reason. */
function failureIn(said: string): AgentFailure | null {
  const [, message] = /^(?:●|⎿)\s+(.*)$/s.exec(said) ?? [];
  if (message === undefined) return null;
  const status = Number(/^API Error: (?:Request rejected \()?(\d{3})\b/.exec(message)?.[1] ?? 0);
  const failure = failureOf({ result: quoted(message), api_error_status: status }, '', null);
  const isFailure = failure.class !== 'other' || /^API Error\b/.test(message);
  return isFailure && failed.test(message) ? failure : null;
}

const failed =
  /^(?:API Error\b|You've hit your |Credit balance |Invalid API key|Not logged in|Please run \/login|Prompt is too long)/;
