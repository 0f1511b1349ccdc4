import type { AgentFailure } from '../../../../domain/agent-facts.ts';
import type { Observation, Step } from '../../../../ports/agent.ts';
import { interpretLines, seen, unknown } from '../../interpret-lines.ts';
import {
  type JsonLinesState,
  type JsonObject,
  listAt,
  noJsonLine,
  objectAt,
  textAt,
} from '../../json-lines.ts';
import { said, toolDeed } from '../../said.ts';
import { isCut, type ModelAnswer, readAnswer } from '../../model-answer.ts';
import { troubleAfter, type TroubleSoFar } from '../answered.ts';

/** Plain data. */
export interface TurnsState {
  lines: JsonLinesState;
  trouble: TroubleSoFar;
  /** Between turns; answers that come then are nobody's. */
  resting: boolean;
  /** It waits for an answer. */
  asking: boolean;
}

export const noTurn: TurnsState = { lines: noJsonLine, trouble: null, resting: true, asking: false };

/** What a client asked its model and was answered, as `witness.ts` tells it. */
export function interpretTurns(bytes: string, state: TurnsState): Step<TurnsState> {
  return interpretLines(bytes, state, (value, before) => {
    if (value['ao'] === 'asked') return asked(value, before);
    const answer = readAnswer(value);
    if (answer === null) return seen(before, unknown(value));
    return before.resting ? seen(before) : answered(answer, value, before);
  });
}

function asked(value: JsonObject, before: TurnsState): Step<TurnsState> {
  const id = textAt(value, 'conversation');
  const state = { ...before, asking: true };
  if (value['said'] === null) return seen(state); // what its tools found
  return seen(
    { ...state, trouble: null, resting: false },
    ...(id === '' ? [] : [{ kind: 'conversation', id } as const]),
    { kind: 'turn_started' },
    { kind: 'received', message: null, text: textAt(value, 'said') },
  );
}

function answered(bare: ModelAnswer, value: JsonObject, before: TurnsState): Step<TurnsState> {
  const words = textAt(value, 'words');
  const calls = listAt(value, 'calls');
  const answer = { ...bare, said: words !== '' || calls.length > 0 };
  const { trouble, observations, isHopeless } = troubleAfter(answer, before.trouble);
  const state = { ...before, trouble, asking: trouble !== null };
  const deeds = calls.map((call): Observation => {
    return { kind: 'line', text: toolDeed(textAt(call, 'name'), objectAt(call, 'input')) };
  });
  const done = [...observations, ...said(words), ...deeds];
  if (trouble === null) {
    // Of any other end the screen shows what the client makes of it.
    const isOver = calls.length === 0 && value['isWhole'] === true;
    return isOver ? ended(state, done, { outcome: 'completed' }) : { ...seen(state), observations: done };
  }
  if (!isHopeless && !isCut(answer)) return { ...seen(state), observations: done };
  return ended(state, done, { outcome: 'failed', failure: trouble.failure });
}

type End = { outcome: 'completed' } | { outcome: 'failed'; failure: AgentFailure };

function ended(state: TurnsState, before: readonly Observation[], end: End): Step<TurnsState> {
  const step = seen({ ...state, trouble: null, resting: true, asking: false });
  return { ...step, observations: [...before, { kind: 'turn_ended', ...end }] };
}
