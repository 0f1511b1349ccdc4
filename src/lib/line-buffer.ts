import { cleanText } from './clean-text.ts';

/** Where an unfinished line stands. Plain data. */
export interface LineState {
  /** Since the last carriage return; at most `maxLineLength`. */
  current: string;
  /** The last segment before it that showed something, cleaned. */
  shown: string;
}

export const maxLineLength = 64 * 1024;

export const noLine: LineState = { current: '', shown: '' };

/**
 * Cuts text into lines as a terminal would show them: without escape sequences, and of a line that was overwritten (a
 * progress bar) only the last version. Longer lines are cut, blank ones left out. The result does not depend on how the
 * text was split into pieces.
 */
export function takeLines(state: LineState, piece: string): { state: LineState; lines: string[] } {
  const lines: string[] = [];
  let { current, shown } = state;
  for (let start = 0; start < piece.length; ) {
    const end = nextBreak(piece, start);
    if (current.length < maxLineLength) {
      current += piece.slice(start, Math.min(end, start + maxLineLength - current.length));
    }
    if (end < piece.length) {
      shown = visible(current) || shown;
      current = '';
      if (piece[end] === '\n') {
        if (shown !== '') lines.push(shown);
        shown = '';
      }
    }
    start = end + 1;
  }
  return { state: { current, shown }, lines };
}

function visible(segment: string): string {
  return cleanText(segment).trimEnd().toWellFormed();
}

const breaks = /[\r\n]/g;

function nextBreak(text: string, from: number): number {
  breaks.lastIndex = from;
  return breaks.exec(text)?.index ?? text.length;
}
