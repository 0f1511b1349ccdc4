// OpenAI Responses, with function tools and with the program-writing tool of codex' "code mode".
import {
  type Conversation,
  isObject,
  type Json,
  list,
  Prompts,
  type Schema,
  textOf,
  type Tool,
} from './conversation.ts';
import { type Answer, type Dialect, event, type HttpReply, json, pieces, usage } from './dialect.ts';
import type { Fault, Refusal } from './scenario.ts';

export const responses: Dialect = {
  name: 'responses',
  asks: (path) => path.endsWith('/responses'),
  aside(method, path) {
    if (method !== 'GET' || !path.endsWith('/models')) return null;
    const data = [{ id: 'scripted-model', object: 'model', created: 1_767_225_600, owned_by: 'scripted' }];
    return json(200, { object: 'list', data, models: [] }); // `models` is where codex looks
  },
  read,
  stream,
  closing: 3,
  whole: (answer, conversation) => finished(answer, conversation),
  refuse,
  window: windowHeaders,
};

function read(body: Json): Conversation {
  const prompts = new Prompts();
  const items =
    typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : list(body['input']);
  const tools = toolsIn(body['tools']);
  for (const item of items) {
    const type = textOf(item['type']);
    if (type.endsWith('_call_output')) prompts.result();
    if (type === 'additional_tools') tools.push(...toolsIn(item['tools']));
    if (item['role'] === 'user') prompts.add(item['content']);
  }
  return { model: textOf(body['model']), stream: body['stream'] === true, prompts: prompts.all, tools };
}

function toolsIn(value: unknown): Tool[] {
  return list(value).flatMap((tool) => {
    if (tool['type'] === 'namespace') return toolsIn(tool['tools']);
    if (tool['type'] === 'custom') return [{ name: textOf(tool['name']), schema: null }];
    if (!isObject(tool['parameters'])) return [];
    return [{ name: textOf(tool['name']), schema: tool['parameters'] as Schema }];
  });
}

const messageItem = (answer: Answer, text: string, status: string): Json => ({
  type: 'message',
  id: `msg_${answer.id}`,
  role: 'assistant',
  status,
  content: [{ type: 'output_text', text, annotations: [] }],
});

function callItem(answer: Answer): Json | null {
  const call = answer.call;
  if (!call) return null;
  const common = {
    id: `fc_${call.id}`,
    call_id: `call_${call.id}`,
    name: call.tool.name,
    status: 'completed',
  };
  return typeof call.input === 'string'
    ? { ...common, type: 'custom_tool_call', input: call.input }
    : { ...common, type: 'function_call', arguments: JSON.stringify(call.input) };
}

function itemsOf(answer: Answer): Json[] {
  const call = callItem(answer);
  return [
    ...(answer.text === '' ? [] : [messageItem(answer, answer.text, 'completed')]),
    ...(call ? [call] : []),
  ];
}

const begun = (answer: Answer, conversation: Conversation): Json => ({
  id: `resp_${answer.id}`,
  object: 'response',
  model: conversation.model,
  status: 'in_progress',
  output: [],
});

const finished = (answer: Answer, conversation: Conversation): Json => ({
  ...begun(answer, conversation),
  status: answer.truncated ? 'incomplete' : 'completed',
  ...(answer.truncated ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
  output: itemsOf(answer),
  usage: {
    input_tokens: usage.input + usage.cached,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.cached + usage.output,
  },
});

function stream(answer: Answer, conversation: Conversation): string[] {
  const events: Json[] = [{ type: 'response.created', response: begun(answer, conversation) }];
  itemsOf(answer).forEach((item, output_index) => {
    const isMessage = item['type'] === 'message';
    const started = isMessage ? { ...messageItem(answer, '', 'in_progress'), content: [] } : item;
    events.push({ type: 'response.output_item.added', output_index, item: started });
    const place = { item_id: item['id'], output_index, content_index: 0 };
    if (isMessage) {
      for (const delta of pieces(answer.text))
        events.push({ type: 'response.output_text.delta', ...place, delta });
      events.push({ type: 'response.output_text.done', ...place, text: answer.text });
    }
    events.push({ type: 'response.output_item.done', output_index, item });
  });
  events.push({
    type: answer.truncated ? 'response.incomplete' : 'response.completed',
    response: finished(answer, conversation),
  });
  return events.map((data, sequence_number) => event({ ...data, sequence_number }, textOf(data['type'])));
}

interface Words {
  status: number;
  code: string;
  message: string;
  type?: string;
}

const refusals: Record<Refusal, Words> = {
  rate_limit: { status: 429, code: 'rate_limit_exceeded', message: 'Rate limit reached for requests.' },
  usage_limit: {
    status: 429,
    code: 'usage_limit_reached',
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
  },
  quota: {
    status: 429,
    code: 'insufficient_quota',
    type: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  overloaded: { status: 503, code: 'server_is_overloaded', message: 'The server is overloaded.' },
  server_error: { status: 500, code: 'server_error', message: 'The server had an error.' },
  unauthorized: { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided: dummy.' },
  context: {
    status: 400,
    code: 'context_length_exceeded',
    message: 'Your input exceeds the context window of this model.',
  },
};

/** Some refusals come as the end of a stream that began well. */
const inStream: readonly string[] = ['quota', 'context'];

function refuse(fault: Fault<Refusal>, now: number): HttpReply {
  const { status, code, message, type = 'invalid_request_error' } = refusals[fault.kind];
  if (inStream.includes(fault.kind)) {
    const response = { id: 'resp_refused', object: 'response', status: 'failed', error: { code, message } };
    const frames = [event({ type: 'response.failed', response }, 'response.failed')];
    return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: frames.join('') };
  }
  const resetsIn = fault.resetsIn ?? 3600;
  const limited = fault.kind === 'usage_limit';
  const window = { plan_type: 'plus', resets_at: now + resetsIn, resets_in_seconds: resetsIn };
  return json(
    status,
    { error: { type, code, message, ...(limited ? window : {}) } },
    {
      ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
      ...(limited ? windowHeaders(100, now + resetsIn) : {}),
    },
  );
}

function windowHeaders(usedPercent: number, resetsAt: number): Record<string, string> {
  return {
    'x-codex-primary-used-percent': String(usedPercent),
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': String(resetsAt),
  };
}
