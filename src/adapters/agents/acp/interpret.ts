import type { AgentFailure, TakenUp } from '../../../domain/agent-facts.ts';
import { maxLineLength } from '../../../lib/line-buffer.ts';
import type { Beginning, LaunchSpec, Observation, Step } from '../../../ports/agent.ts';
import { type JsonLinesState, type JsonObject, listAt, noJsonLine, objectAt, textAt } from '../json-lines.ts';
import { isFlood } from '../flood.ts';
import { interpretLines, seen, unknown } from '../interpret-lines.ts';
import { readRpc, type RpcMessage, rpcLine } from '../json-rpc.ts';
import { conversationGone, deed, said } from '../said.ts';
import { readAnswer } from '../model-answer.ts';
import { answered } from './answered.ts';
import { type AcpOption, decision } from './decision.ts';
import { failureOf } from './failure.ts';
import { endOf, type TurnSoFar } from './turn-end.ts';
import { nothingSpent, type Spending, spendingOf, spentInTurn, spentUpTo, usageOf } from './usage.ts';
import { wishForModel, wishForNewSession, wishForSession } from './wish-for-session.ts';

/** Plain data. */
export interface AcpState extends TurnSoFar {
  lines: JsonLinesState;
  workspace: string;
  yolo: boolean;
  greeted: boolean;
  /** The session of before that it is to go on with, unless it does not know it. */
  takesUp: TakenUp | null;
  session: string | null;
  /** That it is to ask, where it is not asked otherwise; null: its own. */
  model: string | null;
  /** A session that is open and waits for that. */
  opening: string | null;
  /** It has begun to answer a prompt and has not ended. */
  working: boolean;
  /** Words of the agent of which the line's end has not come yet. */
  unsaid: string;
  /** Questions that are open: the agent's own id of each, its options and the use of a tool that it is about. */
  asked: { [request: string]: { id: string | number; options: AcpOption[]; call: string } };
  spending: Spending;
  /** That have ended. */
  turns: number;
}

type Opening = Pick<LaunchSpec, 'workspace' | 'model' | 'permissions' | 'takesUp'>;

const newTurn: TurnSoFar = { spoke: false, full: false, trouble: null, gaveUp: null };

const nothing = {
  lines: noJsonLine,
  greeted: false,
  session: null,
  opening: null,
  working: false,
  unsaid: '',
  asked: {},
  spending: nothingSpent,
  turns: 0,
  ...newTurn,
};

export function begin({ workspace, model, permissions, takesUp }: Opening): Beginning<AcpState> {
  const yolo = permissions === 'yolo';
  const params = {
    protocolVersion: 1,
    clientInfo: { name: 'ao', title: 'ao', version: '1' },
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  };
  return {
    state: { ...nothing, workspace, yolo, model, takesUp: takesUp ?? null },
    replies: [rpcLine({ id: 'initialize', method: 'initialize', params }, '2.0')],
  };
}

export function interpret(bytes: string, state: AcpState): Step<AcpState> {
  return interpretLines(bytes, state, interpretLine);
}

function interpretLine(value: JsonObject, state: AcpState): Step<AcpState> {
  const message = readRpc(value);
  switch (message?.kind) {
    case 'response':
      return response(message, state);
    case 'request':
      return question(message, state);
    case 'notification':
      return message.method === 'session/update' && isOurs(message.params, state)
        ? update(objectAt(message.params, 'update'), state)
        : seen(state);
    default: {
      const answer = readAnswer(value);
      return answer === null ? seen(state, unknown(value)) : answered(answer, state);
    }
  }
}

/** Not of an agent that it set to work itself, in a session of its own. */
const isOurs = ({ sessionId = null }: JsonObject, { session }: AcpState): boolean =>
  sessionId === null || sessionId === session;

function response(message: RpcMessage & { kind: 'response' }, state: AcpState): Step<AcpState> {
  const { error, result } = message;
  if (state.session !== null) {
    const isOfPrompt = error !== null || textAt(result, 'stopReason') !== '';
    return isOfPrompt ? turnEnded(message, state) : seen(state);
  }
  // The first answers, one after the other, are to the greeting and to the wish for a session.
  if (error !== null && message.id === 'resume') return startAnew(state);
  if (error !== null) return seen(state, failed(failureOf(error)));
  if (state.opening !== null) return ready(state.opening, state);
  const id = textAt(result, 'sessionId') || (state.takesUp?.conversation ?? ''); // one that it goes on with it need not name
  return state.greeted ? opened(id, result, state) : greeted(result, state);
}

function greeted(result: unknown, state: AcpState): Step<AcpState> {
  const next = { ...state, greeted: true, spending: spendingOf(result) };
  return { ...seen(next), replies: [wishForSession(result, state)] };
}

/** It does not know the session of before. */
function startAnew(state: AcpState): Step<AcpState> {
  const step = seen({ ...state, takesUp: null }, { kind: 'line', text: conversationGone });
  return { ...step, replies: [wishForNewSession(state.workspace)] };
}

function opened(session: string, result: unknown, state: AcpState): Step<AcpState> {
  if (session === '')
    return seen(state, failed({ class: 'other', message: 'it opened no session', resetAt: null }));
  if (state.model === null) return ready(session, state);
  return { ...seen({ ...state, opening: session }), replies: [wishForModel(result, session, state.model)] };
}

function ready(session: string, state: AcpState): Step<AcpState> {
  return seen({ ...state, session, opening: null }, { kind: 'conversation', id: session });
}

function failed(failure: AgentFailure): Observation {
  return { kind: 'turn_ended', outcome: 'failed', failure };
}

/** The answer to a prompt, which has our message's id, is the end of its turn. */
function turnEnded(message: RpcMessage & { kind: 'response' }, before: AcpState): Step<AcpState> {
  const { state, observations } = speakOut(before);
  const open = Object.keys(state.asked).map((request): Observation => ({ kind: 'settled', request }));
  const spending = spentInTurn(message.result, state.spending);
  return seen(
    { ...state, ...newTurn, working: false, asked: {}, turns: state.turns + 1, spending },
    { kind: 'received', message: String(message.id) },
    ...observations,
    ...open,
    ...usageSeen(spending, before),
    { kind: 'turn_ended', ...endOf(message, before) },
  );
}

function usageSeen(now: Spending, { spending: before, takesUp }: AcpState): Observation[] {
  const isNew = now.tokens !== before.tokens || now.costUsd !== before.costUsd;
  return isNew ? [{ kind: 'usage', usage: usageOf(now, takesUp) }] : [];
}

/** What it asks of us. We offered neither files nor terminals: everything but a permission is declined at once. */
function question(message: RpcMessage & { kind: 'request' }, state: AcpState): Step<AcpState> {
  const { id, method, params } = message;
  if (method !== 'session/request_permission') {
    const error = { code: -32_601, message: 'ao does not do this' };
    return {
      ...seen(state, { kind: 'unknown', text: method }),
      replies: [rpcLine({ id, error }, '2.0')],
    };
  }
  const options = listAt(params, 'options').map((option) => ({
    id: textAt(option, 'optionId'),
    kind: textAt(option, 'kind'),
  }));
  if (state.yolo || isFlood(state.asked))
    return { ...seen(state), replies: [decision(id, options, state.yolo)] };
  const toolCall = objectAt(params, 'toolCall');
  const title = deed(textAt(toolCall, 'title') || 'a tool', '');
  const asked = { id, options, call: textAt(toolCall, 'toolCallId') };
  const next = { ...state, asked: { ...state.asked, [String(id)]: asked } };
  return seen(next, { kind: 'permission', request: { id: String(id), title } });
}

/** Only these are part of an answer; the other updates come at any time. */
const answering = new Set([
  'agent_message_chunk',
  'agent_thought_chunk',
  'tool_call',
  'tool_call_update',
  'plan',
]);

/** gemini says this of itself, in the model's name and at any time. */
const modeUpdate = /^\[MODE_UPDATE\] \w+$/;
/** kimi ends a turn with this when its conversation is full. */
const noRoom = /^Compaction (cancelled|is blocked)/;

const beginning = new Set(['agent_message_chunk', 'agent_thought_chunk', 'tool_call']);

function update(value: JsonObject, state: AcpState): Step<AcpState> {
  if (state.session === null) return seen(state); // of the session of before, which it loads
  const spending = spentUpTo(value, state.spending);
  const over = settledBy(value, state);
  const asked = Object.fromEntries(
    Object.entries(state.asked).filter(([request]) => !over.includes(request)),
  );
  const step = deeds(value, { ...state, spending, asked });
  step.observations.push(...over.map((request): Observation => ({ kind: 'settled', request })));
  step.observations.push(...usageSeen(spending, state));
  return step;
}

/** The questions that are over with an update: some agents call a use of a tool begun before they ask for leave, so that its end alone tells. */
function settledBy(value: JsonObject, { asked }: AcpState): string[] {
  const isOver = /^(?:completed|failed)$/.test(textAt(value, 'status'));
  const call = textAt(value, 'toolCallId');
  return isOver && call !== '' ? Object.keys(asked).filter((request) => asked[request]?.call === call) : [];
}

function deeds(value: JsonObject, before: AcpState): Step<AcpState> {
  const what = textAt(value, 'sessionUpdate');
  // What comes behind the end of a turn tells of what was done in it.
  if (!(before.working ? answering : beginning).has(what)) return seen(before);
  const begun: Observation[] = before.working
    ? []
    : [{ kind: 'received', message: null }, { kind: 'turn_started' }];
  const words = textAt(objectAt(value, 'content'), 'text');
  if (modeUpdate.test(words)) return seen(before);
  const isAnswer = what === 'agent_message_chunk' ? words !== '' : what !== 'agent_thought_chunk';
  const state = { ...before, working: true, spoke: before.spoke || isAnswer, full: noRoom.test(words) };
  if (what === 'agent_message_chunk') {
    // What was said before holds no end of a line, and is not looked through once more.
    const end = words.lastIndexOf('\n') + 1;
    const whole = end === 0 ? '' : state.unsaid + words.slice(0, end);
    const unsaid = `${end === 0 ? state.unsaid : ''}${words.slice(end)}`.slice(0, maxLineLength);
    return seen({ ...state, unsaid }, ...begun, ...said(whole));
  }
  const spoken = speakOut(state);
  const title = what === 'tool_call' ? textAt(value, 'title') : '';
  const line: Observation[] = title === '' ? [] : [{ kind: 'line', text: deed(title, '') }];
  return seen(spoken.state, ...begun, ...spoken.observations, ...line);
}

function speakOut(state: AcpState): { state: AcpState; observations: Observation[] } {
  return { state: { ...state, unsaid: '' }, observations: said(state.unsaid) };
}
