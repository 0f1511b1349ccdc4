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
import { readAnswer } from '../../model-answer.ts';
import { troubleAfter } from '../answered.ts';
import { failureOf } from '../failure.ts';
import { endOf, type TurnSoFar } from '../turn-end.ts';

/** Plain data. */
export interface EventsState extends TurnSoFar {
  lines: JsonLinesState;
  resting: boolean;
  /** It was told to let go. */
  aborted: boolean;
  /** Why its last message ended, in its own word. */
  finish: string;
  /** Of agents that it set to work itself, the latest. */
  others: readonly string[];
}

const mostOthers = 500;

const newTurn = {
  aborted: false,
  finish: '',
  spoke: false,
  full: false,
  trouble: null,
  gaveUp: null,
};

export const noEvent: EventsState = { ...newTurn, lines: noJsonLine, resting: true, others: [] };

/** What `plugin.ts` and a witness tell of opencode and its kin. */
export function interpretEvents(bytes: string, state: EventsState): Step<EventsState> {
  return interpretLines(bytes, state, (value, before) => {
    const answer = readAnswer(value);
    if (answer === null) return event(value, before);
    const { trouble, observations, isHopeless } = troubleAfter(answer, before.trouble);
    const after = { ...before, trouble };
    if (before.resting) return seen(before);
    if (!isHopeless || trouble === null) return seen(after, ...observations);
    return ended({ ...after, gaveUp: trouble.failure }, observations);
  });
}

function event(value: JsonObject, state: EventsState): Step<EventsState> {
  const info = objectAt(value, 'info');
  const session = textAt(value, 'sessionID');
  if (state.others.includes(session)) return seen(state);
  switch (value['event']) {
    case 'session.created': // its name is told to nobody: in a terminal it is told no task in a conversation of before
      if (textAt(info, 'parentID') === '') return seen(state);
      return seen({ ...state, others: [...state.others, textAt(info, 'id')].slice(-mostOthers) });
    case 'prompt': {
      const text = listAt(value, 'parts')
        .map((part) => textAt(part, 'text'))
        .join('\n');
      const told: Observation[] = [{ kind: 'turn_started' }, { kind: 'received', message: null, text }];
      return seen({ ...state, ...newTurn, resting: false }, ...told);
    }
    case 'text': {
      const words = said(textAt(value, 'text'));
      return seen({ ...state, spoke: state.spoke || words.length > 0 }, ...words);
    }
    case 'tool': {
      const text = toolDeed(textAt(value, 'tool'), objectAt(value, 'args'));
      return seen({ ...state, spoke: true }, { kind: 'line', text });
    }
    case 'message.updated':
      return seen({ ...state, finish: textAt(value, 'finish') });
    case 'session.error':
      return failed(objectAt(value, 'error'), state);
    case 'session.idle':
      return ended(state, []);
    case 'session.status':
      return objectAt(value, 'status')['type'] === 'idle' ? ended(state, []) : seen(state);
    default:
      return seen(state, unknown(value));
  }
}

function failed(error: JsonObject, state: EventsState): Step<EventsState> {
  const name = textAt(error, 'name');
  if (name === 'MessageAbortedError') return seen({ ...state, aborted: true });
  if (state.trouble !== null) return seen(state); // its model's server said more
  const message = textAt(objectAt(error, 'data'), 'message');
  const failure = failureOf({ data: { errorName: name, message } });
  return seen({ ...state, trouble: { failure, times: 1 } });
}

/** It says so more than once. */
function ended(state: EventsState, before: readonly Observation[]): Step<EventsState> {
  if (state.resting) return seen(state);
  const end = endOf({ error: null, result: { stopReason: reasonOf(state) } }, state);
  return seen({ ...state, resting: true }, ...before, { kind: 'turn_ended', ...end });
}

/** In the words of the protocol that it speaks otherwise. Behind a command that a person refused it does not ask its model any more. */
function reasonOf({ aborted, finish, trouble }: EventsState): string {
  if (aborted || (finish === 'tool-calls' && trouble === null)) return 'cancelled';
  return finish === 'length' ? 'max_tokens' : 'end_turn';
}
