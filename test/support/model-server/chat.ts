// OpenAI Chat Completions.
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

export const chat: Dialect = {
  name: 'chat',
  asks: (path) => path.endsWith('/chat/completions'),
  aside: () => null, // the list of models is told by the dialect of Responses
  read,
  stream,
  closing: 3,
  whole: (answer, conversation) => ({
    ...common(answer, conversation),
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', ...contentOf(answer) }, finish_reason: finishReason(answer) },
    ],
    usage: usageOf(),
  }),
  refuse,
  window: () => ({}), // this API has no windows
};

function read(body: Json): Conversation {
  const prompts = new Prompts();
  for (const { role, content } of list(body['messages'])) {
    if (role === 'tool') prompts.result();
    if (role === 'user') prompts.add(content);
  }
  return {
    model: textOf(body['model']),
    stream: body['stream'] === true,
    prompts: prompts.all,
    tools: list(body['tools']).flatMap(({ function: tool }) =>
      isObject(tool) && isObject(tool['parameters'])
        ? [{ name: textOf(tool['name']), schema: tool['parameters'] as Schema }]
        : [],
    ),
  };
}

const usageOf = (): Json => ({
  prompt_tokens: usage.input + usage.cached,
  prompt_tokens_details: { cached_tokens: usage.cached },
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.cached + usage.output,
});

const common = (answer: Answer, conversation: Conversation): Json => ({
  id: `chatcmpl-${answer.id}`,
  created: 1_767_225_600,
  model: conversation.model,
});

const callOf = ({ call }: Answer): Json | null =>
  call && {
    id: `call_${call.id}`,
    type: 'function',
    function: { name: call.tool.name, arguments: JSON.stringify(call.input) },
  };

function contentOf(answer: Answer): Json {
  const call = callOf(answer);
  return { content: answer.text === '' ? null : answer.text, ...(call ? { tool_calls: [call] } : {}) };
}

function finishReason(answer: Answer): string {
  if (answer.truncated) return 'length';
  return answer.call ? 'tool_calls' : 'stop';
}

function stream(answer: Answer, conversation: Conversation): string[] {
  const chunk = (choices: Json[], more: Json = {}): string =>
    event({ ...common(answer, conversation), object: 'chat.completion.chunk', choices, ...more });
  const delta = (content: Json): string => chunk([{ index: 0, delta: content, finish_reason: null }]);
  const call = callOf(answer);
  return [
    delta({ role: 'assistant', content: '' }),
    ...pieces(answer.text).map((content) => delta({ content })),
    ...(call ? [delta({ tool_calls: [{ index: 0, ...call }] })] : []),
    chunk([{ index: 0, delta: {}, finish_reason: finishReason(answer) }]),
    chunk([], { usage: usageOf() }),
    event('[DONE]'),
  ];
}

const refusals: Record<Refusal, [status: number, type: string, code: string | null, message: string]> = {
  rate_limit: [429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'],
  usage_limit: [429, 'usage_limit_reached', 'usage_limit_reached', 'The usage limit has been reached'],
  quota: [
    429,
    'insufficient_quota',
    'insufficient_quota',
    'You exceeded your current quota, please check your plan and billing details.',
  ],
  overloaded: [503, 'server_error', 'server_is_overloaded', 'The server is overloaded.'],
  server_error: [500, 'server_error', null, 'The server had an error.'],
  unauthorized: [401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: dummy.'],
  context: [
    400,
    'invalid_request_error',
    'context_length_exceeded',
    "This model's maximum context length is 200000 tokens. However, your messages resulted in 250000 tokens.",
  ],
};

function refuse(fault: Fault<Refusal>): HttpReply {
  const [status, type, code, message] = refusals[fault.kind];
  const retryAfter =
    fault.retryAfter ?? (fault.kind === 'usage_limit' ? (fault.resetsIn ?? 3600) : undefined);
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return json(status, { error: { message, type, param: null, code } }, headers);
}
