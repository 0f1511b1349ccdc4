import type { AgentFailure } from '../../../domain/agent-facts.ts';
import type { ScreenOption, ScreenReading } from '../../../domain/screen-reading.ts';
import { deed } from '../said.ts';
import {
  type Answer,
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
 * What codex' terminal shows. At its bottom is either an input line (`›`) with a footer below, and above it a row of what is under way,
 * or a list of answers that ends with a row of keys. What was said stands above, and proves nothing.
 */
export function readScreen(rows: readonly string[], more: MoreOfScreen = {}): ScreenReading {
  const shown = shownRows(rows);
  return questionIn(shown, more) ?? inputIn(shown, more) ?? unseen;
}

const keysRow = /^ {2}(?:Press enter to |enter (?:select|confirm|continue)|↑\/↓ )/i;

function questionIn(rows: readonly string[], { declared }: MoreOfScreen): ScreenReading | null {
  const end = rows.length - 1;
  if (!keysRow.test(rows[end] ?? '')) return null;
  const answers = numberedAnswers(rows, Math.max(0, end - 16), end);
  const [first] = answers;
  const last = answers.at(-1);
  if (first === undefined || last === undefined || end - last.row > 3) return null;
  const at = headRow(rows, first.row);
  const options = optionsOf(answers.map(withItsKey));
  if (at === null) {
    const isRest = first.label.startsWith('Yes, proceed') && isAnswerable(options);
    return isRest ? restOf(rows.slice(0, first.row + 1), options) : null;
  }
  const quote = quoted(rows[at] ?? '');
  if (/^Would you like to |^Do you want to |^Allow /.test(quote) && isAnswerable(options)) {
    const title = commandIn(rows.slice(at, first.row)) ?? quote;
    return { state: 'permission', title, options, quote, draft: null };
  }
  const failure = failureAbove(rows, at - 1);
  if (failure !== null) return { state: 'failed', failure, quote: failure.message, draft: null };
  if (declared?.startsWith('state=error') === true) return unseen; // why, it has not written yet
  return { state: 'dialog', title: quote, quote, draft: null };
}

/** Of a question that is larger than its terminal, so that its beginning is gone. */
function restOf(rows: readonly string[], options: ScreenOption[]): ScreenReading | null {
  const above = rows.slice(0, -1);
  if (above.some((row) => /^[•■›]/.test(row))) return null; // of what was said
  const title = deed('…', above.map(quoted).join(' '));
  return { state: 'permission', title, options, quote: quoted(rows.at(-1) ?? ''), draft: null };
}

/** All rows of it: what it does may stand in its second line. */
function commandIn(rows: readonly string[]): string | null {
  const from = rows.findIndex((row) => /^ {2}\$ /.test(row));
  if (from < 0) return null;
  const command = rows.slice(from).map(quoted).join(' ');
  return deed('Bash', command.replace(/^\$ /, ''));
}

/** What is asked: the first row of the text above the answers. */
function headRow(rows: readonly string[], first: number): number | null {
  for (let row = first - 1; row >= 0 && row > first - 30; row -= 1) {
    const text = rows[row] ?? '';
    if (/^ {2}(?:Would you like|Do you want|Allow) .*\?$/.test(text)) return row;
    if (/^[•■›]/.test(text)) break; // of what was said
  }
  for (let row = first - 1; row >= 0 && row > first - 6; row -= 1) {
    if (/^ {2}(?!Reason: |\d\.)\S.*(?:\?(?: .*)?|review)$/.test(rows[row] ?? '')) return row;
  }
  return null;
}

/** Each answer names its own key: `(y)`. */
function withItsKey(answer: Answer): Answer {
  const [, key] = /\((\w|esc)\)$/.exec(answer.label) ?? [];
  if (key === undefined) return answer;
  return { ...answer, keys: [key === 'esc' ? 'Escape' : key] };
}

const status = /^[•◦] (.*?) ?\(\d.* • esc to interrupt\)/;

function inputIn(rows: readonly string[], { bright = rows, declared }: MoreOfScreen): ScreenReading | null {
  const top = findInput(rows);
  if (top === null) return null;
  const draft = draftIn(rows, bright, top);
  const busy = statusAbove(rows, top);
  if (busy !== null) return { ...workOf(rows, busy), draft };
  // While an answer comes it shows nothing of its own, so that words without an end are no end.
  if (declared?.startsWith('state=working') === true) return { state: 'working', quote: declared, draft };
  const failure = failureAbove(rows, top);
  if (failure !== null) return { state: 'failed', failure, quote: failure.message, draft };
  // Its input line is drawn before it knows whether it has to ask something first: it says when it has begun.
  const isReady = declared === undefined || /^state=(?:idle|done)/.test(declared);
  const quote = quoted(rows.at(-1) ?? '');
  return { state: isReady && hasEnded(rows, top) ? 'idle' : 'unknown', quote, draft };
}

/** The last turn ends with a row of its own; or there was none yet. */
function hasEnded(rows: readonly string[], top: number): boolean {
  const last = rows.findLast((row, index) => index < top && row.trim() !== '') ?? '';
  if (/^ {2}Worked for .* • \d|^■ Conversation interrupted/.test(last)) return true;
  return !rows.some((row, index) => index < top && /^[›•◦■]/.test(row));
}

const footerRow = /\? for shortcuts|for agents|\S default · |tab to queue/;

/** Its row; a message that was sent begins like it, but has no footer two rows below. */
function findInput(rows: readonly string[]): number | null {
  const top = rows.findLastIndex((row) => row.startsWith('›'));
  const blank = rows.findIndex((row, index) => index > top && row.trim() === '');
  const footer = rows.slice(blank);
  const isFooter = footer.length <= 3 && footer.slice(1).every((row) => row.startsWith('  '));
  return top >= 0 && blank > top && isFooter && footer.some((row) => footerRow.test(row)) ? top : null;
}

function draftIn(rows: readonly string[], bright: readonly string[], top: number): string {
  const blank = rows.findIndex((row, index) => index > top && row.trim() === '');
  return bright
    .slice(top, blank)
    .map((row) => row.slice(2))
    .join('\n')
    .trim();
}

/** What is under way stands right above the input line, with messages that wait in between. */
function statusAbove(rows: readonly string[], top: number): number | null {
  for (let row = top - 1; row >= 0 && row > top - 20; row -= 1) {
    const text = rows[row] ?? '';
    if (status.test(text)) return row;
    if (text.trim() !== '' && !/^ {2,4}[└↳\s]|^• (?:Messages to be submitted|Queued )/.test(text))
      return null;
  }
  return null;
}

function workOf(rows: readonly string[], at: number): ScreenReading {
  const quote = quoted(rows[at] ?? '');
  if (!quote.includes('Reconnecting')) return { state: 'working', quote, draft: null };
  const reason = quoted(rows[at + 1] ?? '').replace(/^└ /, '') || quote;
  return {
    state: 'retrying',
    failure: failureOf({ message: reason }, null),
    delayMs: null,
    quote,
    draft: null,
  };
}

/** The last thing that was said is that it failed; it may have been too long for a row. */
function failureAbove(rows: readonly string[], top: number): AgentFailure | null {
  const end = rows.findLastIndex((row, index) => index < top && row.trim() !== '');
  let start = end;
  while (start > 0 && /^ {2}\S/.test(rows[start] ?? '')) start -= 1;
  const said = rows.slice(start, end + 1).map((row) => row.trim());
  if (!said[0]?.startsWith('■ ') || said[0].startsWith('■ Conversation interrupted')) return null;
  return failureOf({ message: quoted(said.join(' ')).replace(/^■ /, '') }, null);
}
