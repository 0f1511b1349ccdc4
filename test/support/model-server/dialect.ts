// What the dialects have in common: what they make of an answer or a refusal.
import type { Conversation, Json, Tool } from './conversation.ts';
import type { Fault, Refusal } from './scenario.ts';

export interface ToolCall {
  id: string;
  tool: Tool;
  /** An object, or the text for a tool without schema. */
  input: Record<string, unknown> | string;
}

export interface Answer {
  /** Names the answer: unique within one server. */
  id: string;
  text: string;
  call: ToolCall | null;
  /** The answer ends at the limit of its length. */
  truncated: boolean;
}

export interface HttpReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One API, without any state: a request decides what is read, an answer what is written. */
export interface Dialect {
  name: 'anthropic' | 'responses' | 'chat' | 'gemini';
  /** A request for an answer of the model. */
  asks(path: string): boolean;
  /** Answers what clients ask besides (models, token counts); null where the path is not of this dialect. */
  aside(method: string, path: string, headers: Headers): HttpReply | null;
  read(body: Json, path: string): Conversation;
  /** The pieces of a streamed answer, each a complete event of `text/event-stream`. */
  stream(answer: Answer, conversation: Conversation): string[];
  /** So many pieces at the end of a stream say only that the answer is whole. */
  closing: number;
  whole(answer: Answer, conversation: Conversation): Json;
  /** `now` is in seconds of the epoch. */
  refuse(fault: Fault<Refusal>, now: number): HttpReply;
  /** Tells how much of the usage window is used, on an answer that is given. */
  window(usedPercent: number, resetsAt: number): Record<string, string>;
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The same for every answer: whoever sums up finds out whether it counted twice. */
export const usage = { input: 234, cached: 1000, output: 56 };

export const json = (status: number, body: Json, headers: Record<string, string> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A few pieces even of a short text, so that a stream can be slow and can break within it. */
export function pieces(text: string): string[] {
  const size = Math.max(1, Math.ceil(text.length / 4));
  const found: string[] = [];
  for (let at = 0; at < text.length; at += size) found.push(text.slice(at, at + size));
  return found;
}

/** An event of a stream: with a name where the dialect has names. */
export function event(data: Json | string, name?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`;
}
