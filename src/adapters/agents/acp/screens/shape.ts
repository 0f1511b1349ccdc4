import type { AgentFailure } from '../../../../domain/agent-facts.ts';
import type { ScreenReading } from '../../../../domain/screen-reading.ts';
import { type MoreOfScreen, quoted, type ScreenReader, shownRows, unseen } from '../../screen-parts.ts';
import { failureOf } from '../failure.ts';

/** Where a client has its input line. */
export interface InputLine {
  /** The first row that belongs to it, its frame too. */
  top: number;
  draft: string;
}

/** What tells one client's screen from another's; everything else is the same. */
export interface Shape {
  question: (rows: readonly string[], more: MoreOfScreen) => ScreenReading | null;
  input: (rows: readonly string[], more: MoreOfScreen) => InputLine | null;
  /** What is under way, among the rows right above the input line or below it; its row. */
  work: (rows: readonly string[], input: InputLine) => string | null;
  /** Why the last turn failed, in the rows right above the input line. */
  failed: (rows: readonly string[], input: InputLine) => string | null;
  /** Where words without an end are no end: that the last turn has one, or that there was none. */
  hasEnded?: (rows: readonly string[], input: InputLine) => boolean;
  /** Its title says that it is not at rest. */
  busyTitle?: RegExp;
}

export const readerOf =
  (shape: Shape): ScreenReader =>
  (rows, more = {}) => {
    const shown = shownRows(rows);
    const asked = shape.question(shown, more);
    if (asked !== null) return asked;
    const input = shape.input(shown, more);
    if (input === null) return unseen;
    const { draft } = input;
    const work = shape.work(shown, input);
    if (work !== null) return { ...workOf(work), draft };
    if (shape.busyTitle?.test(more.title ?? '') === true)
      return { state: 'unknown', quote: quoted(more.title ?? ''), draft };
    const message = shape.failed(shown, input);
    if (message !== null) return { state: 'failed', failure: failureIn(message), quote: message, draft };
    if (shape.hasEnded?.(shown, input) === false) return { ...unseen, draft };
    return { state: 'idle', quote: quoted(shown[input.top + 1] ?? ''), draft };
  };

const failureIn = (message: string): AgentFailure => failureOf({ message });

const pause = /\b(?:retrying in|in) ((?:\d+(?:h|m|s| seconds?)\s?)+)/i;

/** `[retrying in 59m 58s attempt #1]`, `Retrying in 44 seconds… (attempt 1/10)`, `Retrying (2/10) · … · in 3600s`; without a time it asks again already. */
function workOf(row: string): ScreenReading {
  const quote = quoted(row);
  const [, time] = /\bretrying\b/i.test(quote) ? (pause.exec(quote) ?? []) : [];
  if (time === undefined) return { state: 'working', quote, draft: null };
  return { state: 'retrying', failure: failureIn(quote), delayMs: msOf(time), quote, draft: null };
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

const msOf = (time: string): number =>
  [...time.matchAll(/(\d+)\s?([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  );

/** The last row above `top` that holds something; -1 where there is none. */
export const rowAbove = (rows: readonly string[], top: number): number =>
  rows.findLastIndex((row, index) => index < top && row.trim() !== '');
