import type { AgentFailure, Usage } from '../../../domain/agent-facts.ts';
import type { Beginning, LaunchSpec, Observation, Step } from '../../../ports/agent.ts';
import { isFlood, tooMuch } from '../flood.ts';
import { interpretLines, unknown } from '../interpret-lines.ts';
import {
  isObject,
  isTooDeep,
  type JsonLinesState,
  type JsonObject,
  listAt,
  noJsonLine,
  numberAt,
  objectAt,
  textAt,
} from '../json-lines.ts';
import { emptyAnswer, said, toolDeed } from '../said.ts';
import { usageSince } from '../usage-since.ts';
import { failureOf, resetOf, retryOf } from './failure.ts';

/** Plain data. */
export interface ClaudeState {
  lines: JsonLinesState;
  conversation: string | null;
  working: boolean;
  /** Messages that it has and has not begun with; with the first of them a turn begins, unless one is under way. */
  waiting: readonly string[];
  /** It has said or done anything in this turn. */
  spoke: boolean;
  /** Questions that are open, with the input of the tool that each is about. */
  asked: { [request: string]: JsonObject };
  /** Of a turn that is failing: what the failing answer was called, and when a usage limit that was hit is lifted. */
  error: string;
  resetAt: number | null;
  /** What the conversation had cost before this session took it up: claude counts on from there. */
  spent: Usage | null;
}

export function begin({ takesUp }: Pick<LaunchSpec, 'takesUp'>): Beginning<ClaudeState> {
  const state = {
    lines: noJsonLine,
    conversation: null,
    working: false,
    waiting: [],
    spoke: false,
    asked: {},
    error: '',
    resetAt: null,
    spent: takesUp?.spent ?? null,
  };
  return { state, replies: [] };
}

export function interpret(bytes: string, state: ClaudeState): Step<ClaudeState> {
  return interpretLines(bytes, state, (value, before) => {
    const [after, observations, reply] = interpretLine(value, before);
    return { state: after, observations, replies: reply === undefined ? [] : [reply] };
  });
}

/** The last: what it wants to hear at once. */
type Seen = [ClaudeState, Observation[], string?];

function interpretLine(value: JsonObject, state: ClaudeState): Seen {
  switch (value['type']) {
    case 'system':
      return system(value, state);
    case 'command_lifecycle':
      return lifecycle(value, state);
    case 'assistant':
      return assistant(value, state);
    case 'user':
      return started(state, replayed(value));
    case 'control_request':
      return question(value, state);
    case 'control_response':
      return settled(textAt(objectAt(value, 'response'), 'request_id'), state);
    case 'control_cancel_request':
      return settled(textAt(value, 'request_id'), state);
    case 'rate_limit_event':
      return [{ ...state, resetAt: resetOf(value) }, []];
    case 'result':
      return result(value, state);
    case 'stream_event':
    case 'tool_progress':
    case 'keep_alive':
      return [state, []];
    default:
      return [state, [unknown(value)]];
  }
}

function system(value: JsonObject, state: ClaudeState): Seen {
  switch (value['subtype']) {
    case 'init': {
      const id = textAt(value, 'session_id');
      const seen: Observation[] =
        id === '' || id === state.conversation ? [] : [{ kind: 'conversation', id }];
      return started({ ...state, conversation: id === '' ? state.conversation : id }, seen);
    }
    case 'api_retry':
      return [state, [{ kind: 'retrying', ...retryOf(value) }]];
    default:
      return [state, []]; // hooks, compaction, tasks: nothing that anybody decides on
  }
}

/** A turn has begun, unless that was known. */
function started(state: ClaudeState, seen: Observation[]): Seen {
  if (state.working) return [state, seen];
  return [
    { ...state, working: true, spoke: false, error: '', resetAt: null },
    [...seen, { kind: 'turn_started' }],
  ];
}

/** claude names our messages by our ids as it takes them: into the turn that is under way, or as the next one. */
function lifecycle(value: JsonObject, state: ClaudeState): Seen {
  const message = textAt(value, 'command_uuid');
  if (message === '') return [state, []];
  const others = state.waiting.filter((id) => id !== message);
  const received: Observation = { kind: 'received', message };
  switch (value['state']) {
    case 'queued':
      return started({ ...state, waiting: [...others, message] }, [received]);
    case 'started':
      return started({ ...state, waiting: others }, [received]);
    default:
      return [{ ...state, waiting: others }, []];
  }
}

/** Versions before it told of its messages' lives only show them again as they take them, as all versions do when they are asked to. */
function replayed(value: JsonObject): Observation[] {
  const message = textAt(value, 'uuid');
  return value['isReplay'] === true && message !== '' ? [{ kind: 'received', message }] : [];
}

function assistant(value: JsonObject, before: ClaudeState): Seen {
  const [state, first] = started(before, []);
  const seen = listAt(objectAt(value, 'message'), 'content').flatMap((block): Observation[] => {
    const type = textAt(block, 'type');
    if (type === 'text') return said(textAt(block, 'text'));
    if (type === 'tool_use')
      return [{ kind: 'line', text: toolDeed(textAt(block, 'name'), objectAt(block, 'input')) }];
    return [];
  });
  const spoke = state.spoke || seen.length > 0;
  return [{ ...state, spoke, error: textAt(value, 'error') || state.error }, [...first, ...seen]];
}

function question(value: JsonObject, state: ClaudeState): Seen {
  const id = textAt(value, 'request_id');
  const request = objectAt(value, 'request');
  if (request['subtype'] !== 'can_use_tool' || id === '') {
    // What nobody answers would hold it up for ever.
    const response = { subtype: 'error', request_id: id, error: 'ao does not do this' };
    const no = `${JSON.stringify({ type: 'control_response', response })}\n`;
    return [state, [unknown(value)], no];
  }
  const input = objectAt(request, 'input');
  if (isFlood(state.asked) || isTooDeep(input)) {
    const response = { subtype: 'success', request_id: id, response: { behavior: 'deny', message: tooMuch } };
    return [state, [], `${JSON.stringify({ type: 'control_response', response })}\n`];
  }
  const title = toolDeed(textAt(request, 'tool_name'), input);
  const next = { ...state, asked: { ...state.asked, [id]: input } };
  return [next, [{ kind: 'permission', request: { id, title } }]];
}

function settled(id: string, state: ClaudeState): Seen {
  if (state.asked[id] === undefined) return [state, []];
  const { [id]: _, ...asked } = state.asked;
  return [{ ...state, asked }, [{ kind: 'settled', request: id }]];
}

/** What it says of the end is not in `subtype`, which is `success` also where the model could not be asked at all. */
function result(value: JsonObject, state: ClaudeState): Seen {
  const open = Object.keys(state.asked).map((request): Observation => ({ kind: 'settled', request }));
  const next = { ...state, working: false, asked: {}, error: '', resetAt: null };
  const usage = usageSince(usageOf(value), state.spent);
  const ended: Observation[] = [
    { kind: 'usage', usage },
    ...open,
    { kind: 'turn_ended', ...endOf(value, state) },
  ];
  return state.waiting.length > 0 ? started(next, ended) : [next, ended];
}

/** Of the whole conversation; its `usage` is of the turn alone, that of its messages comes again with each part of one. */
function usageOf(value: JsonObject): Usage {
  const models = Object.values(objectAt(value, 'modelUsage'));
  const sum = (...keys: string[]): number =>
    keys.flatMap((key) => models.map((model) => numberAt(model, key))).reduce((all, one) => all + one, 0);
  const cached = sum('cacheReadInputTokens');
  const input = sum('inputTokens', 'cacheCreationInputTokens') + cached;
  const cost = value['total_cost_usd'];
  return {
    tokens: isObject(value['modelUsage']) ? { input, cached, output: sum('outputTokens') } : null,
    costUsd: typeof cost === 'number' ? cost : null,
  };
}

function endOf(
  value: JsonObject,
  state: ClaudeState,
): { outcome: 'completed' } | { outcome: 'interrupted' } | { outcome: 'failed'; failure: AgentFailure } {
  const reason = textAt(value, 'terminal_reason');
  if (reason.startsWith('aborted')) return { outcome: 'interrupted' };
  const failed = value['is_error'] === true || textAt(value, 'subtype').startsWith('error');
  if (failed) return { outcome: 'failed', failure: failureOf(value, state.error, state.resetAt) };
  return state.spoke ? { outcome: 'completed' } : { outcome: 'failed', failure: emptyAnswer };
}
