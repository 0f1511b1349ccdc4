import type { AgentFailure, Observation, Usage } from '../../../domain/agent-facts.ts';
import type { Beginning, LaunchSpec, Step } from '../../../ports/agent.ts';
import { isFlood, tooMuch } from '../flood.ts';
import { interpretLines, seen, unknown } from '../interpret-lines.ts';
import {
  type JsonLinesState,
  type JsonObject,
  listAt,
  noJsonLine,
  numberAt,
  objectAt,
  textAt,
} from '../json-lines.ts';
import { deed, said, toolDeed } from '../said.ts';
import * as companion from './companion.ts';
import { answerTo, line } from './command.ts';
import { type AnswerEnd, failureOf, turnEnd } from './failure.ts';
import { spentWith } from './usage.ts';

/** Plain data. */
export interface PiState {
  lines: JsonLinesState;
  yolo: boolean;
  conversation: string | null;
  working: boolean;
  /** It has said or done anything in this turn. */
  spoke: boolean;
  /** How the last answer of its model ended in this turn. */
  end: AnswerEnd | null;
  /** That have begun. */
  turns: number;
  /** It asks its model again by itself and was not answered yet. */
  waits: boolean;
  /** We told it not to ask again in this turn. */
  gaveUp: boolean;
  /** When the model's server wants to be asked again, of the refusal that is about to be told. */
  retryAfter: string;
  /** Questions that are open, by their ids; `call`: the use of a tool that our companion asks for. */
  asked: { [request: string]: { kind: 'ours' | 'confirm'; call: string } };
  spent: Usage;
}

export function begin({ permissions }: Pick<LaunchSpec, 'permissions'>): Beginning<PiState> {
  const state = {
    lines: noJsonLine,
    yolo: permissions === 'yolo',
    conversation: null,
    working: false,
    spoke: false,
    end: null,
    turns: 0,
    waits: false,
    gaveUp: false,
    retryAfter: '',
    asked: {},
    spent: { tokens: null, costUsd: null },
  };
  return { state, replies: [line({ id: 'begin', type: 'get_state' })] };
}

export function interpret(bytes: string, state: PiState): Step<PiState> {
  return interpretLines(bytes, state, interpretLine, interpretText);
}

/** Before it talks it says in plain words why it does not begin at all. */
function interpretText(text: string, state: PiState): Step<PiState> {
  const shown: Observation = { kind: 'line', text };
  if (state.conversation !== null) return seen(state, shown);
  if (/^(?:No session found matching|Session already exists)/.test(text))
    return seen(state, shown, failed({ class: 'conversation_gone', message: text, resetAt: null }));
  return text.startsWith('Error: ') ? seen(state, shown, failed(pisOwn(text, state))) : seen(state, shown);
}

function failed(failure: AgentFailure): Observation {
  return { kind: 'turn_ended', outcome: 'failed', failure };
}

const pisOwn = (error: string, { retryAfter }: PiState): AgentFailure =>
  failureOf({ error, at: 0, retryAfter });

function interpretLine(value: JsonObject, state: PiState): Step<PiState> {
  switch (value['type']) {
    case 'response':
      return response(value, state);
    case 'agent_start':
      return started(state);
    case 'agent_settled':
      return settled(state);
    case 'message_update':
      return state.waits ? seen({ ...state, waits: false }, { kind: 'answering' }) : seen(state);
    case 'message_end':
      return messageEnded(objectAt(value, 'message'), state);
    case 'tool_execution_start':
      return acted(value, state);
    case 'auto_retry_start':
      return waiting(value, state);
    case 'auto_retry_end':
      return retried(value, state);
    case 'compaction_end':
      return compacted(value, state);
    case 'extension_ui_request':
      return wish(value, state);
    case 'extension_error':
      return seen(state, { kind: 'line', text: deed('extension error', textAt(value, 'error')) });
    default:
      return housekeeping.has(String(value['type'])) ? seen(state) : seen(state, unknown(value));
  }
}

/** What comes whole again, and nothing that anybody decides on. */
const housekeeping = new Set([
  'agent_end',
  'turn_start',
  'turn_end',
  'message_start',
  'tool_execution_update',
  'tool_execution_end',
  'queue_update',
  'entry_appended',
  'session_info_changed',
  'thinking_level_changed',
  'compaction_start',
  'summarization_retry_scheduled',
  'summarization_retry_attempt_start',
  'summarization_retry_finished',
  'bash_execution_update',
]);

/** To the greeting, and to each message of ours under the id that we gave it. */
function response(value: JsonObject, state: PiState): Step<PiState> {
  const [id, command] = [textAt(value, 'id'), textAt(value, 'command')];
  const conversation = textAt(objectAt(value, 'data'), 'sessionId');
  if (command === 'get_state' && conversation !== '')
    return seen({ ...state, conversation }, { kind: 'conversation', id: conversation });
  if (command !== 'prompt' || id === '') return seen(state);
  if (value['success'] === true) {
    const step = started(state); // it says so itself a moment later
    return { ...step, observations: [{ kind: 'received', message: id }, ...step.observations] };
  }
  const error = textAt(value, 'error');
  const refusal: Observation = { kind: 'refused', message: id, text: error };
  return state.working ? seen(state, refusal) : seen(state, refusal, failed(pisOwn(error, state)));
}

/** It takes a message for the beginning of a turn, says that it begins, and says so again of each new try. */
function started(state: PiState): Step<PiState> {
  if (state.working) return seen(state);
  const next = {
    working: true,
    spoke: false,
    end: null,
    waits: false,
    gaveUp: false,
    turns: state.turns + 1,
  };
  return seen({ ...state, ...next }, { kind: 'turn_started' });
}

function messageEnded(message: JsonObject, before: PiState): Step<PiState> {
  const spent = spentWith(message, before.spent);
  const state = { ...before, spent };
  const usage: Observation[] = spent === before.spent ? [] : [{ kind: 'usage', usage: spent }];
  if (message['role'] !== 'assistant') return seen(state, ...usage);
  const content = listAt(message, 'content');
  const texts = content.filter((block) => textAt(block, 'type') === 'text');
  const words = said(texts.map((block) => textAt(block, 'text')).join('\n'));
  const spoke = state.spoke || words.length > 0;
  const reason = textAt(message, 'stopReason');
  const { retryAfter } = state;
  const end = {
    reason,
    error: textAt(message, 'errorMessage'),
    at: numberAt(message, 'timestamp'),
    retryAfter,
  };
  return seen({ ...state, spoke, end, retryAfter: '' }, ...words, ...usage);
}

function acted(value: JsonObject, state: PiState): Step<PiState> {
  const text = toolDeed(textAt(value, 'toolName'), objectAt(value, 'args'));
  return seen({ ...state, spoke: true }, { kind: 'line', text });
}

const longestWaitMs = 60_000;

/** It asks again after some seconds, whatever the server said: where that wants to be left alone for longer, it is told to let go. */
function waiting(value: JsonObject, state: PiState): Step<PiState> {
  const failure = state.end === null ? pisOwn(textAt(value, 'errorMessage'), state) : failureOf(state.end);
  const step = seen(
    { ...state, waits: true },
    { kind: 'retrying', failure, delayMs: numberAt(value, 'delayMs') },
  );
  if (failure.resetAt === null || failure.resetAt - (state.end?.at ?? 0) <= longestWaitMs) return step;
  const replies = [line({ id: `gave-up-${state.turns}`, type: 'abort_retry' })];
  return { ...step, state: { ...step.state, gaveUp: true }, replies };
}

function retried(value: JsonObject, state: PiState): Step<PiState> {
  const isOver = textAt(value, 'finalError') === 'Retry cancelled' && !state.gaveUp;
  const end = isOver && state.end !== null ? { ...state.end, reason: 'aborted' } : state.end;
  return seen({ ...state, end });
}

/** It made room in its conversation, which its model is paid for. */
function compacted(value: JsonObject, before: PiState): Step<PiState> {
  const spent = spentWith(objectAt(value, 'result'), before.spent);
  const state = { ...before, spent };
  return spent === before.spent ? seen(state) : seen(state, { kind: 'usage', usage: spent });
}

/** What an extension wants of a person. What nobody answers would hold it up for ever. */
function wish(value: JsonObject, state: PiState): Step<PiState> {
  const [id, method] = [textAt(value, 'id'), textAt(value, 'method')];
  const placeholder = textAt(value, 'placeholder');
  const isOurs = method === 'input' && placeholder.startsWith(companion.question);
  if (isOurs || method === 'confirm') {
    const kind = isOurs ? 'ours' : 'confirm';
    if (state.yolo || isFlood(state.asked))
      return { ...seen(state), replies: [answerTo(id, kind, { allow: state.yolo, reason: tooMuch })] };
    const call = isOurs ? placeholder.slice(companion.question.length) : '';
    const title = deed(textAt(value, 'title'), isOurs ? '' : textAt(value, 'message'));
    const next = { ...state, asked: { ...state.asked, [id]: { kind, call } as const } };
    return seen(next, { kind: 'permission', request: { id, title } });
  }
  if (method === 'setStatus') return status(value, state);
  if (!['select', 'input', 'editor'].includes(method)) return seen(state);
  const replies = [line({ type: 'extension_ui_response', id, cancelled: true })];
  return { ...seen(state, { kind: 'unknown', text: method }), replies };
}

/** Of our companion; others have nothing to say here. */
function status(value: JsonObject, state: PiState): Step<PiState> {
  const text = textAt(value, 'statusText');
  const key = textAt(value, 'statusKey');
  if (key === companion.refused) return seen({ ...state, retryAfter: text });
  if (key !== companion.settled) return seen(state);
  const over = Object.keys(state.asked).filter((id) => state.asked[id]?.call === text);
  const asked = Object.fromEntries(Object.entries(state.asked).filter(([id]) => !over.includes(id)));
  return seen({ ...state, asked }, ...over.map((request): Observation => ({ kind: 'settled', request })));
}

/** It goes on with nothing by itself: that is the end of a turn, which may have had many tries. */
function settled(state: PiState): Step<PiState> {
  const open = Object.keys(state.asked).map((request): Observation => ({ kind: 'settled', request }));
  const next = { ...state, working: false, asked: {}, retryAfter: '' };
  return seen(next, ...open, { kind: 'turn_ended', ...turnEnd(state.end, state.spoke) });
}
