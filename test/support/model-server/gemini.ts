// Gemini generateContent and streamGenerateContent.
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

const asked = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

export const gemini: Dialect = {
  name: 'gemini',
  asks: (path) => asked.test(path),
  aside(method, path) {
    if (path.endsWith(':countTokens')) return json(200, { totalTokens: usage.input });
    if (method !== 'GET' || !path.endsWith('/v1beta/models')) return null;
    return json(200, { models: [{ name: 'models/scripted-model', displayName: 'Scripted' }] });
  },
  read,
  stream,
  closing: 1,
  whole: (answer, conversation) =>
    response(answer, conversation, {
      parts: partsOf(answer),
      finishReason: finishReason(answer),
      usage: true,
    }),
  refuse,
  window: () => ({}), // this API has no windows
};

function read(body: Json, path: string): Conversation {
  const prompts = new Prompts();
  for (const { role, parts } of list(body['contents'])) {
    if (role === 'model') continue;
    const results = list(parts).filter((part) => isObject(part['functionResponse'])).length;
    for (let count = 0; count < results; count += 1) prompts.result();
    prompts.add(parts);
  }
  const [, model = '', method] = asked.exec(path) ?? [];
  return {
    model,
    stream: method === 'streamGenerateContent',
    prompts: prompts.all,
    tools: list(body['tools'])
      .flatMap((tool) => list(tool['functionDeclarations']))
      .map((tool) => ({
        name: textOf(tool['name']),
        schema: (tool['parametersJsonSchema'] ?? tool['parameters'] ?? {}) as Schema,
      })),
  };
}

const callPart = ({ call }: Answer): Json[] =>
  call ? [{ functionCall: { id: `fc_${call.id}`, name: call.tool.name, args: call.input } }] : [];

function partsOf(answer: Answer): Json[] {
  return [...(answer.text === '' ? [] : [{ text: answer.text }]), ...callPart(answer)];
}

const finishReason = (answer: Answer): string => (answer.truncated ? 'MAX_TOKENS' : 'STOP');

interface Piece {
  parts: Json[];
  finishReason?: string;
  usage?: boolean;
}

function response(answer: Answer, conversation: Conversation, piece: Piece): Json {
  const { parts, finishReason: reason } = piece;
  return {
    responseId: `resp_${answer.id}`,
    modelVersion: conversation.model,
    candidates: [
      { index: 0, content: { role: 'model', parts }, ...(reason ? { finishReason: reason } : {}) },
    ],
    ...(piece.usage ? { usageMetadata: usageOf() } : {}),
  };
}

const usageOf = (): Json => ({
  promptTokenCount: usage.input + usage.cached,
  cachedContentTokenCount: usage.cached,
  candidatesTokenCount: usage.output,
  totalTokenCount: usage.input + usage.cached + usage.output,
});

function stream(answer: Answer, conversation: Conversation): string[] {
  const texts = pieces(answer.text).map((text) => response(answer, conversation, { parts: [{ text }] }));
  const last = { parts: callPart(answer), finishReason: finishReason(answer), usage: true };
  return [...texts, response(answer, conversation, last)].map((data) => event(data));
}

const refusals: Record<Refusal, [code: number, status: string, message: string]> = {
  rate_limit: [429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'],
  usage_limit: [
    429,
    'RESOURCE_EXHAUSTED',
    'You exceeded your current quota, please check your plan and billing details.',
  ],
  quota: [403, 'PERMISSION_DENIED', 'Billing is not active for this project.'],
  overloaded: [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  server_error: [500, 'INTERNAL', 'An internal error has occurred.'],
  unauthorized: [401, 'UNAUTHENTICATED', 'API key not valid. Please pass a valid API key.'],
  context: [
    400,
    'INVALID_ARGUMENT',
    'The input token count (1250000) exceeds the maximum number of tokens allowed (1048576).',
  ],
};

function refuse(fault: Fault<Refusal>): HttpReply {
  const [code, status, message] = refusals[fault.kind];
  return json(code, { error: { code, message, status, details: detailsOf(fault) } });
}

const type = (name: string): Json => ({ '@type': `type.googleapis.com/google.rpc.${name}` });

function detailsOf(fault: Fault<Refusal>): Json[] {
  const retryAfter =
    fault.retryAfter ?? (fault.kind === 'usage_limit' ? (fault.resetsIn ?? 3600) : undefined);
  const retry = retryAfter === undefined ? [] : [{ ...type('RetryInfo'), retryDelay: `${retryAfter}s` }];
  if (fault.kind === 'unauthorized') {
    return [{ ...type('ErrorInfo'), reason: 'API_KEY_INVALID', domain: 'googleapis.com' }];
  }
  const span = { rate_limit: 'PerMinute', usage_limit: 'PerDay' }[textOf(fault.kind)];
  if (span === undefined) return retry;
  const violation = {
    quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
    quotaId: `GenerateRequests${span}PerProjectPerModel`,
  };
  return [{ ...type('QuotaFailure'), violations: [violation] }, ...retry];
}
