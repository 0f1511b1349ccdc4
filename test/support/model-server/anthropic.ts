// Anthropic Messages.
import {
  type Conversation,
  isObject,
  type Json,
  list,
  Prompts,
  type Schema,
  textOf,
} from './conversation.ts';
import { type Answer, type Dialect, event, type HttpReply, json, pieces, usage } from './dialect.ts';
import type { Fault, Refusal } from './scenario.ts';

export const anthropic: Dialect = {
  name: 'anthropic',
  asks: (path) => path.endsWith('/v1/messages'),
  aside(method, path, headers) {
    if (method === 'HEAD' && path.endsWith('/api/hello')) return { status: 200, headers: {}, body: '' };
    if (path.endsWith('/v1/messages/count_tokens')) return json(200, { input_tokens: usage.input });
    if (!path.endsWith('/v1/models') || headers['anthropic-version'] === undefined) return null;
    const model = {
      type: 'model',
      id: 'scripted-model',
      display_name: 'Scripted',
      created_at: '2026-01-01T00:00:00Z',
    };
    return json(200, { data: [model], has_more: false, first_id: model.id, last_id: model.id });
  },
  read,
  stream,
  closing: 3,
  whole: (answer, conversation) => ({
    ...message(answer, conversation),
    content: contentOf(answer),
    stop_reason: stopReason(answer),
    usage: { ...inputUsage, output_tokens: usage.output },
  }),
  refuse,
  window: unifiedHeaders,
};

function read(body: Json): Conversation {
  const prompts = new Prompts();
  for (const { role, content } of list(body['messages'])) {
    if (role !== 'user') continue;
    const results = list(content).filter((block) => block['type'] === 'tool_result').length;
    for (let count = 0; count < results; count += 1) prompts.result();
    prompts.add(content);
  }
  return {
    model: textOf(body['model']),
    stream: body['stream'] === true,
    prompts: prompts.all,
    tools: list(body['tools']).flatMap((tool) =>
      isObject(tool['input_schema'])
        ? [{ name: textOf(tool['name']), schema: tool['input_schema'] as Schema }]
        : [],
    ),
  };
}

const inputUsage = {
  input_tokens: usage.input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: usage.cached,
};

const message = (answer: Answer, conversation: Conversation): Json => ({
  id: `msg_${answer.id}`,
  type: 'message',
  role: 'assistant',
  model: conversation.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { ...inputUsage, output_tokens: 1 },
});

function stopReason(answer: Answer): string {
  if (answer.truncated) return 'max_tokens';
  return answer.call ? 'tool_use' : 'end_turn';
}

function contentOf(answer: Answer): Json[] {
  const text = answer.text === '' ? [] : [{ type: 'text', text: answer.text }];
  return answer.call ? [...text, { ...toolUse(answer), input: answer.call.input }] : text;
}

const toolUse = ({ call }: Answer): Json => ({
  type: 'tool_use',
  id: `toolu_${call?.id}`,
  name: call?.tool.name,
  input: {},
});

function stream(answer: Answer, conversation: Conversation): string[] {
  const events: Json[] = [{ type: 'message_start', message: message(answer, conversation) }];
  let index = 0;
  const block = (start: Json, deltas: Json[]): void => {
    events.push({ type: 'content_block_start', index, content_block: start });
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
    index += 1;
  };
  const texts = pieces(answer.text).map((text) => ({ type: 'text_delta', text }));
  if (texts.length > 0) block({ type: 'text', text: '' }, texts);
  if (answer.call) {
    const parts = pieces(JSON.stringify(answer.call.input));
    const deltas = parts.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    block(toolUse(answer), deltas);
  }
  const delta = { stop_reason: stopReason(answer), stop_sequence: null };
  events.push({ type: 'message_delta', delta, usage: { ...inputUsage, output_tokens: usage.output } });
  events.push({ type: 'message_stop' });
  return events.map((data) => event(data, textOf(data['type'])));
}

const refusals: Record<Refusal, [status: number, type: string, message: string]> = {
  rate_limit: [429, 'rate_limit_error', 'This request would exceed your rate limit. Please try again later.'],
  usage_limit: [429, 'rate_limit_error', "This request would exceed your account's rate limit."],
  quota: [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'],
  overloaded: [529, 'overloaded_error', 'Overloaded'],
  server_error: [500, 'api_error', 'Internal server error'],
  unauthorized: [401, 'authentication_error', 'invalid x-api-key'],
  context: [400, 'invalid_request_error', 'prompt is too long: 1250000 tokens > 1000000 maximum'],
};

function refuse(fault: Fault<Refusal>, now: number): HttpReply {
  const [status, type, text] = refusals[fault.kind];
  const resetsIn = fault.resetsIn ?? 3600;
  const limited = fault.kind === 'usage_limit';
  const retryAfter = fault.retryAfter ?? (limited ? resetsIn : undefined);
  return json(
    status,
    { type: 'error', error: { type, message: text }, request_id: 'req_scripted' },
    {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(limited ? unifiedHeaders(100, now + resetsIn) : {}),
    },
  );
}

function unifiedHeaders(usedPercent: number, resetsAt: number): Record<string, string> {
  const [status, prefix] = [usedPercent >= 100 ? 'rejected' : 'allowed', 'anthropic-ratelimit-unified'];
  return {
    [`${prefix}-status`]: status,
    [`${prefix}-reset`]: String(resetsAt),
    [`${prefix}-representative-claim`]: 'five_hour',
    [`${prefix}-overage-status`]: 'rejected',
    [`${prefix}-5h-status`]: status,
    [`${prefix}-5h-utilization`]: String(usedPercent / 100),
    [`${prefix}-5h-reset`]: String(resetsAt),
  };
}
