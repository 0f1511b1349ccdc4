import type { AgentFacts, Observation } from './agent-facts.ts';
import type { ScreenReading } from './screen-reading.ts';

/** Hooks tell that a turn has ended a moment before or after the screen does; a screen counts alone when it has shown it for this long. */
export const settleMs = 2000;

export interface Look {
  reading: ScreenReading;
  /** For how long it has shown that, and since the facts last changed. */
  heldMs: number;
  /** Its hooks tell when a turn begins, and when it ends in any way but by an interruption. */
  hooks: boolean;
}

/** What a look at an agent's screen adds to what is known of it. */
export function seenOnScreen(facts: AgentFacts, { reading, heldMs, hooks }: Look): Observation[] {
  const isHeld = heldMs >= settleMs;
  const questions = questionsOf(facts, reading);
  switch (reading.state) {
    // Behind the end of a turn the screen may be the one of before it.
    case 'working':
      return facts.working === true || !(isHeld || facts.working === null)
        ? questions
        : [...questions, ...begun(hooks)];
    case 'permission':
      if (facts.working === true) return questions;
      return isHeld || facts.working === null ? [...begun(hooks), ...questions] : [];
    case 'retrying': {
      const { failure, delayMs } = reading;
      const isKnown = facts.retrying?.failure.message === failure.message;
      return isKnown ? questions : [...questions, { kind: 'retrying', failure, delayMs }];
    }
    case 'idle': {
      if (facts.working !== true || !isHeld) return questions;
      return [...questions, { kind: 'turn_ended', outcome: hooks ? 'interrupted' : 'completed' }];
    }
    case 'failed': {
      if (facts.working !== true || !isHeld) return questions;
      return [...questions, { kind: 'turn_ended', outcome: 'failed', failure: reading.failure }];
    }
    case 'dialog':
      return questions;
    case 'unknown':
      return [];
  }
}

/** Without hooks, that it works on something is all that shows that it has it. */
function begun(hooks: boolean): Observation[] {
  const started: Observation = { kind: 'turn_started' };
  return hooks ? [started] : [started, { kind: 'received', message: null }];
}

/** A question is known by its words: of two that are the same, the second is open while the screen shows it. */
function questionsOf({ asked }: AgentFacts, reading: ScreenReading): Observation[] {
  const id = reading.state === 'permission' ? questionId(reading.title) : null;
  const gone = asked.filter((question) => question.id !== id);
  const settled = gone.map(({ id: request }): Observation => ({ kind: 'settled', request }));
  if (reading.state !== 'permission' || id === null || asked.some((question) => question.id === id))
    return settled;
  return [...settled, { kind: 'permission', request: { id, title: reading.title } }];
}

/** Short, to be typed by people, and the same for every daemon that sees the question. */
function questionId(title: string): string {
  let hash = 5381;
  for (const letter of title) hash = (Math.imul(hash, 33) ^ (letter.codePointAt(0) ?? 0)) >>> 0;
  return `q${hash.toString(36)}`;
}

/**
 * The rows above the one that tells of waiting, and its neighbour. Below it is the input line, which is people's, and what some clients
 * show beside it: another tip every ten seconds, whatever happens.
 */
export function rowsOfTalk(
  rows: readonly string[],
  { quote }: Pick<ScreenReading, 'quote'>,
): readonly string[] {
  const at = quote === '' ? -1 : rows.findLastIndex((row) => row.includes(quote));
  return at < 0 ? rows : rows.slice(0, Math.max(0, at - 1));
}

/** Whether they differ in more than what is no letter (clocks, counters, spinners). */
export function saysMore(before: readonly string[], now: readonly string[]): boolean {
  const lettersOf = (row: string): string => row.replaceAll(/\P{L}/gu, '');
  const differs = (row: string, other = ''): boolean => row !== other && lettersOf(row) !== lettersOf(other);
  return before.length !== now.length || now.some((row, index) => differs(row, before[index]));
}
