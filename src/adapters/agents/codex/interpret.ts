import type { TurnEnd, Usage } from '../../../domain/agent-facts.ts';
import type { Beginning, Observation, Step } from '../../../ports/agent.ts';
import {
  type JsonLinesState,
  type JsonObject,
  noJsonLine,
  numberAt,
  objectAt,
  textAt,
} from '../json-lines.ts';
import { isFlood } from '../flood.ts';
import { interpretLines, seen, unknown } from '../interpret-lines.ts';
import { readRpc, type RpcMessage, rpcLine } from '../json-rpc.ts';
import { conversationGone, deed, emptyAnswer, said } from '../said.ts';
import { usageSince } from '../usage-since.ts';
import { failureOf } from './failure.ts';
import { decision, type Question, questionOf } from './question.ts';
import { type ThreadSpec, wishForThread } from './wish-for-thread.ts';

/** Plain data. */
export interface CodexState {
  lines: JsonLinesState;
  spec: ThreadSpec;
  thread: string | null;
  /** What the thread had cost before this session took it up: codex counts on from there, and says so before the first turn. */
  spent: Usage | null;
  /** A turn has begun. */
  begun: boolean;
  /** The turn that is under way. */
  turn: string | null;
  /** It has said or done anything in that turn. */
  spoke: boolean;
  /** It asks its model again by itself and was not answered yet; it does not say how long it waits. */
  waits: boolean;
  /** That are open, under the server's own id of each as text. */
  asked: { [request: string]: Question };
  /** When a window that is used up opens again, in milliseconds since the epoch. */
  resetAt: number | null;
}

export function begin({ workspace, model, permissions, takesUp = null }: ThreadSpec): Beginning<CodexState> {
  const spec = { workspace, model, permissions, takesUp };
  const clientInfo = { name: 'ao', title: 'ao', version: '1' };
  return {
    state: {
      lines: noJsonLine,
      spec,
      thread: null,
      spent: takesUp?.spent ?? null,
      begun: false,
      turn: null,
      spoke: false,
      waits: false,
      asked: {},
      resetAt: null,
    },
    replies: [rpcLine({ id: 'initialize', method: 'initialize', params: { clientInfo } }, null)],
  };
}

export function interpret(bytes: string, state: CodexState): Step<CodexState> {
  return interpretLines(bytes, state, interpretLine);
}

function interpretLine(value: JsonObject, state: CodexState): Step<CodexState> {
  const message = readRpc(value);
  switch (message?.kind) {
    case 'response':
      return response(message, state);
    case 'request':
      return request(message, state);
    case 'notification':
      return notification(message, state);
    default:
      return seen(state, unknown(value));
  }
}

/** The greeting, the thread, then our messages, each under the id that we gave it. */
function response(message: RpcMessage & { kind: 'response' }, state: CodexState): Step<CodexState> {
  if (message.id === 'initialize') return greeted(message, state);
  if (message.id === 'thread') return opened(message, state);
  if (message.id === 'resume') return message.error === null ? opened(message, state) : startAnew(state);
  const id = String(message.id);
  if (message.error === null) {
    // The turn has begun with this answer: what tells everybody of it comes later.
    const step = turnBegun(textAt(objectAt(message.result, 'turn'), 'id'), state);
    return { ...step, observations: [{ kind: 'received', message: id }, ...step.observations] };
  }
  return seen(state, { kind: 'refused', message: id, text: textAt(message.error, 'message') });
}

function greeted({ error }: RpcMessage & { kind: 'response' }, state: CodexState): Step<CodexState> {
  if (error !== null) return cannotBegin(error, state);
  const replies = [rpcLine({ method: 'initialized' }, null), wishForThread(state.spec)];
  return { state, observations: [], replies };
}

/** It does not know the thread of before. */
function startAnew(state: CodexState): Step<CodexState> {
  const replies = [wishForThread({ ...state.spec, takesUp: null })];
  return { ...seen({ ...state, spent: null }, { kind: 'line', text: conversationGone }), replies };
}

function opened({ error, result }: RpcMessage & { kind: 'response' }, state: CodexState): Step<CodexState> {
  const thread = textAt(objectAt(result, 'thread'), 'id');
  return error !== null || thread === '' ? cannotBegin(error ?? {}, state) : inThread(thread, state);
}

/** Told twice, in either order: as the answer to us and to everybody. */
function inThread(thread: string, state: CodexState): Step<CodexState> {
  if (thread === '' || thread === state.thread) return seen(state);
  return seen({ ...state, thread }, { kind: 'conversation', id: thread });
}

function cannotBegin(error: JsonObject, state: CodexState): Step<CodexState> {
  return seen(state, { kind: 'turn_ended', outcome: 'failed', failure: failureOf(error, null) });
}

/** What it asks of us. What nobody answers would hold it up for ever: all we do not know is declined. */
function request(message: RpcMessage & { kind: 'request' }, state: CodexState): Step<CodexState> {
  const { id, method, params } = message;
  if (!method.endsWith('/requestApproval')) {
    const error = { code: -32_601, message: 'ao does not do this' };
    const step = seen(state, unknown({ method, params }));
    return { ...step, replies: [rpcLine({ id, error }, null)] };
  }
  const { title, ...question } = questionOf(message);
  if (isFlood(state.asked)) return { ...seen(state), replies: [decision(question, false)] };
  const next = { ...state, asked: { ...state.asked, [String(id)]: question } };
  return seen(next, { kind: 'permission', request: { id: String(id), title } });
}

function notification(
  { method, params }: RpcMessage & { kind: 'notification' },
  state: CodexState,
): Step<CodexState> {
  if (method === 'serverRequest/resolved') return settled(String(params['requestId']), state);
  if (isOfAnother(textAt(params, 'threadId') || textAt(objectAt(params, 'thread'), 'id'), state))
    return seen(state);
  switch (method) {
    case 'thread/started':
      return inThread(textAt(objectAt(params, 'thread'), 'id'), state);
    case 'turn/started':
      return turnBegun(textAt(objectAt(params, 'turn'), 'id'), state);
    case 'turn/completed':
      return turnEnded(objectAt(params, 'turn'), state);
    case 'item/started':
    case 'item/completed':
      return itemSeen(method, objectAt(params, 'item'), state);
    case 'account/rateLimits/updated':
      return seen({ ...state, resetAt: resetOf(objectAt(params, 'rateLimits')) ?? state.resetAt });
    case 'thread/tokenUsage/updated':
      return counted(usage(objectAt(objectAt(params, 'tokenUsage'), 'total')), state);
    case 'error':
      return erred(params, state);
    default:
      return seen(state); // its own housekeeping: status, deltas of text that comes whole again, warnings
  }
}

/** Agents that it sets to work itself have threads of their own, and it tells of those too. Their questions are shown like its own. */
const isOfAnother = (thread: string, state: CodexState): boolean =>
  thread !== '' && state.thread !== null && thread !== state.thread;

function turnBegun(turn: string, state: CodexState): Step<CodexState> {
  if (turn === '' || turn === state.turn) return seen(state);
  return seen({ ...state, turn, begun: true, spoke: false }, { kind: 'turn_started' });
}

function itemSeen(method: string, value: JsonObject, state: CodexState): Step<CodexState> {
  if (value['type'] === 'userMessage') return seen(state); // ours comes back
  const observations = item(method, value);
  const next = { ...state, spoke: state.spoke || observations.length > 0, waits: false };
  return state.waits ? seen(next, { kind: 'answering' }, ...observations) : seen(next, ...observations);
}

function turnEnded(turn: JsonObject, state: CodexState): Step<CodexState> {
  const open = Object.keys(state.asked).map((id): Observation => ({ kind: 'settled', request: id }));
  const next = { ...state, turn: null, waits: false, asked: {}, resetAt: null };
  return seen(next, ...open, { kind: 'turn_ended', ...endOf(turn, state) });
}

function endOf(turn: JsonObject, state: CodexState): TurnEnd {
  switch (turn['status']) {
    case 'completed':
      return state.spoke ? { outcome: 'completed' } : { outcome: 'failed', failure: emptyAnswer };
    case 'interrupted':
      return { outcome: 'interrupted' };
    default:
      return { outcome: 'failed', failure: failureOf(objectAt(turn, 'error'), state.resetAt) };
  }
}

function settled(id: string, state: CodexState): Step<CodexState> {
  if (state.asked[id] === undefined) return seen(state);
  const { [id]: _, ...asked } = state.asked;
  return seen({ ...state, asked }, { kind: 'settled', request: id });
}

function item(method: string, value: JsonObject): Observation[] {
  const begun = method === 'item/started';
  switch (value['type']) {
    case 'agentMessage':
      return begun ? [] : said(textAt(value, 'text'));
    case 'commandExecution':
      return begun ? [{ kind: 'line', text: deed('Run', textAt(value, 'command')) }] : [];
    case 'fileChange':
      return begun ? [{ kind: 'line', text: 'Edit files' }] : [];
    default:
      return [];
  }
}

function counted(total: Usage, state: CodexState): Step<CodexState> {
  if (!state.begun) return seen({ ...state, spent: total });
  return seen(state, { kind: 'usage', usage: usageSince(total, state.spent) });
}

/** Of the whole thread. */
function usage(total: JsonObject): Usage {
  const tokens = {
    input: numberAt(total, 'inputTokens'),
    cached: numberAt(total, 'cachedInputTokens'),
    output: numberAt(total, 'outputTokens'),
  };
  return { tokens, costUsd: null };
}

/** An error that it goes on from by itself; of the other ones the end of the turn tells. */
function erred(params: JsonObject, state: CodexState): Step<CodexState> {
  if (params['willRetry'] !== true) return seen(state);
  const failure = failureOf(objectAt(params, 'error'), null);
  return seen({ ...state, waits: true }, { kind: 'retrying', failure, delayMs: null });
}

/** Of the windows that are used up the one that opens last. */
function resetOf(limits: JsonObject): number | null {
  const full = ['primary', 'secondary']
    .map((name) => objectAt(limits, name))
    .filter((window) => numberAt(window, 'usedPercent') >= 100);
  const latest = Math.max(0, ...full.map((window) => numberAt(window, 'resetsAt')));
  return latest === 0 ? null : latest * 1000;
}
