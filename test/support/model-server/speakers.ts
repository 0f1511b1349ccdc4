// A small client for each dialect: says one prompt and the results of earlier calls, and reads the answer back.
import type { Json } from './conversation.ts';
import type { Dialect } from './dialect.ts';

export interface Said {
  status: number;
  headers: Headers;
  /** As it came, for what is no answer. */
  raw: string;
  text: string;
  /** The command that the model wants run, as the client's tool has it. */
  command: string | null;
  finish: string;
}

export interface Speaker {
  path: (stream: boolean) => string;
  /** A request after `results` calls, each of which ran. */
  body: (prompt: string, results: number, stream: boolean) => Json;
  /** From the events of a stream. */
  fromStream: (events: Json[]) => Pick<Said, 'text' | 'command' | 'finish'>;
  fromWhole: (body: Json) => Pick<Said, 'text' | 'command' | 'finish'>;
}

const schema = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] };
const times = <T>(count: number, make: (index: number) => T[]): T[] =>
  Array.from({ length: count }, (_, index) => make(index)).flat();

/** Follows keys and indices; an absent one is an empty text, so that a comparison shows it. */
export function at(value: unknown, ...keys: (string | number)[]): unknown {
  let found: unknown = value;
  for (const key of keys) found = (found as Record<string | number, unknown> | undefined)?.[key];
  return found ?? '';
}

const joined = (events: Json[], ...keys: (string | number)[]): string =>
  events.map((event) => at(event, ...keys)).join('');

const commandIn = (text: string): string | null =>
  text === '' ? null : String(at(JSON.parse(text), 'command'));

const ofType = (events: Json[], type: string): Json[] => events.filter((event) => event['type'] === type);

const anthropic: Speaker = {
  path: () => '/v1/messages?beta=true',
  body: (prompt, results, stream) => ({
    model: 'm',
    stream,
    tools: [{ name: 'Bash', input_schema: schema }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: prompt }] },
      ...times<Json>(results, (index) => [
        { role: 'assistant', content: [{ type: 'tool_use', id: `t${index}`, name: 'Bash', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${index}`, content: 'ok' }] },
      ]),
    ],
  }),
  fromStream: (events) => ({
    text: joined(events, 'delta', 'text'),
    command: commandIn(joined(events, 'delta', 'partial_json')),
    finish: joined(ofType(events, 'message_delta'), 'delta', 'stop_reason'),
  }),
  fromWhole: (body) => ({
    text: String(at(body, 'content', 0, 'text')),
    command: commandIn(JSON.stringify(at(body, 'content', 1, 'input') || null).replace('null', '')),
    finish: String(at(body, 'stop_reason')),
  }),
};

const itemsOf = (items: Json[]): Pick<Said, 'text' | 'command' | 'finish'> => {
  const calls = ofType(items, 'function_call');
  return {
    text: joined(ofType(items, 'message'), 'content', 0, 'text'),
    command: commandIn(joined(calls, 'arguments')),
    finish: calls.length > 0 ? 'call' : 'end',
  };
};

const responses: Speaker = {
  path: () => '/v1/responses',
  body: (prompt, results, stream) => ({
    model: 'm',
    stream,
    tools: [{ type: 'function', name: 'exec_command', parameters: schema }],
    input: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] },
      ...times<Json>(results, (index) => [
        { type: 'function_call', call_id: `c${index}`, name: 'exec_command', arguments: '{}' },
        { type: 'function_call_output', call_id: `c${index}`, output: 'ok' },
      ]),
    ],
  }),
  fromStream: (events) => ({
    ...itemsOf(ofType(events, 'response.output_item.done').map((event) => event['item'] as Json)),
    text: joined(ofType(events, 'response.output_text.delta'), 'delta'),
  }),
  fromWhole: (body) => itemsOf(body['output'] as Json[]),
};

const chat: Speaker = {
  path: () => '/v1/chat/completions',
  body: (prompt, results, stream) => ({
    model: 'm',
    stream,
    tools: [{ type: 'function', function: { name: 'bash', parameters: schema } }],
    messages: [
      { role: 'system', content: 'You are an agent.' },
      { role: 'user', content: prompt },
      ...times<Json>(results, (index) => [
        { role: 'assistant', content: null, tool_calls: [{ id: `c${index}` }] },
        { role: 'tool', tool_call_id: `c${index}`, content: 'ok' },
      ]),
    ],
  }),
  fromStream: (events) => ({
    text: joined(events, 'choices', 0, 'delta', 'content'),
    command: commandIn(joined(events, 'choices', 0, 'delta', 'tool_calls', 0, 'function', 'arguments')),
    finish: joined(events, 'choices', 0, 'finish_reason'),
  }),
  fromWhole: (body) => ({
    text: String(at(body, 'choices', 0, 'message', 'content')),
    command: commandIn(String(at(body, 'choices', 0, 'message', 'tool_calls', 0, 'function', 'arguments'))),
    finish: String(at(body, 'choices', 0, 'finish_reason')),
  }),
};

const candidates = (bodies: Json[]): Pick<Said, 'text' | 'command' | 'finish'> => {
  const parts = bodies.flatMap((body) => at(body, 'candidates', 0, 'content', 'parts') as Json[]);
  return {
    text: joined(parts, 'text'),
    command: joined(parts, 'functionCall', 'args', 'command') || null,
    finish: joined(bodies, 'candidates', 0, 'finishReason'),
  };
};

const gemini: Speaker = {
  path: (stream) => `/v1beta/models/m:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: (prompt, results) => ({
    tools: [{ functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: schema }] }],
    contents: [
      { role: 'user', parts: [{ text: prompt }] },
      ...times<Json>(results, () => [
        { role: 'model', parts: [{ functionCall: { name: 'run_shell_command', args: {} } }] },
        {
          role: 'user',
          parts: [{ functionResponse: { name: 'run_shell_command', response: { output: 'ok' } } }],
        },
      ]),
    ],
  }),
  fromStream: candidates,
  fromWhole: (body) => candidates([body]),
};

export const speakers: Record<Dialect['name'], Speaker> = { anthropic, responses, chat, gemini };

export interface Question {
  prompt?: string;
  results?: number;
  stream?: boolean;
}

/** Rejects when the connection goes before the answer is whole. */
export async function ask(base: string, speaker: Speaker, question: Question = {}): Promise<Said> {
  const { prompt = 'Do it.', results = 0, stream = true } = question;
  const reply = await fetch(base + speaker.path(stream), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'dummy', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(speaker.body(prompt, results, stream)),
  });
  const raw = await reply.text();
  const common = { status: reply.status, headers: reply.headers, raw };
  if (reply.status !== 200) return { ...common, text: '', command: null, finish: '' };
  const read = stream ? speaker.fromStream(eventsOf(raw)) : speaker.fromWhole(JSON.parse(raw) as Json);
  return { ...common, ...read };
}

/** As the standard frames them: throws on a line that is none of an event's. */
export function eventsOf(raw: string): Json[] {
  const blocks = raw.split('\n\n');
  if (blocks.pop() !== '') throw new Error('the stream ends within an event');
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const strange = lines.find((line) => !/^(?:event|data): /.test(line));
    if (strange !== undefined) throw new Error(`no line of an event: ${strange}`);
    const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
    const name = lines.find((line) => line.startsWith('event: '))?.slice(7);
    if (data.join('\n') === '[DONE]') return [];
    const parsed = JSON.parse(data.join('\n')) as Json;
    if (name !== undefined && parsed['type'] !== name) throw new Error(`event ${name} of another type`);
    return [parsed];
  });
}
