// Writes an answer of the model to a client: whole or in pieces, slowly, or only a part of it.
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Conversation } from './conversation.ts';
import { type Answer, type Dialect, type HttpReply, json } from './dialect.ts';
import type { Refusal, Trouble } from './scenario.ts';

type Stop = Extract<Trouble, 'drop' | 'unfinished' | 'hang_in_stream'>;

export const stopOf = (kind: Refusal | Trouble | undefined): Stop | null =>
  kind === 'drop' || kind === 'unfinished' || kind === 'hang_in_stream' ? kind : null;

export interface Delivery {
  dialect: Dialect;
  conversation: Conversation;
  answer: Answer;
  /** Milliseconds behind each piece of a stream that holds words. */
  pace: number;
  /** What happens in the middle of it. */
  stop: Stop | null;
  /** Ends the pauses. */
  signal: AbortSignal;
}

export function send(response: ServerResponse, reply: HttpReply): void {
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

export async function deliver(response: ServerResponse, delivery: Delivery): Promise<void> {
  const { dialect, conversation, answer, stop } = delivery;
  if (conversation.stream) return deliverInPieces(response, delivery);
  if (stop === 'drop') response.destroy();
  if (stop === 'unfinished') response.writeHead(200).end();
  if (stop === null) send(response, json(200, dialect.whole(answer, conversation)));
}

async function deliverInPieces(response: ServerResponse, delivery: Delivery): Promise<void> {
  const { dialect, conversation, answer, pace, stop, signal } = delivery;
  const all = dialect.stream(answer, conversation);
  const most = stop === 'unfinished' ? all.length - dialect.closing : Math.ceil(all.length / 2);
  const sent = stop === null ? all : all.slice(0, most);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const words = all.length - dialect.closing;
  for (const [index, piece] of sent.entries()) {
    await written(response, piece); // so that what was sent before a drop has left
    if (pace > 0 && index < words) await delay(pace, undefined, { signal });
  }
  if (stop === 'drop') response.destroy();
  if (stop === null || stop === 'unfinished') response.end();
}

function written(response: ServerResponse, piece: string): Promise<void> {
  return new Promise((resolve) => {
    response.write(piece, () => resolve()); // an error means that the client has gone, which is no fault of ours
  });
}
