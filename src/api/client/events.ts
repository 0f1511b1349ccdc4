import type { IncomingMessage } from 'node:http';
import type { StreamMessage } from '../contract/responses.ts';
import { errorOf, open, Unreachable } from './http.ts';

export interface StreamQuery {
  /** One run, or null: all. */
  run: string | null;
  /** Rows after this one; null: from now on. */
  after: number | null;
  signal?: AbortSignal;
}

export interface Received {
  /** Where to go on after this message. */
  seq: number;
  message: StreamMessage;
}

const longestMessage = 64_000_000;

/** Messages of one connection. Ends when the daemon ends it, throws Unreachable when it breaks. */
export async function* readStream(socket: string, query: StreamQuery): AsyncGenerator<Received> {
  const search = new URLSearchParams();
  if (query.run !== null) search.set('run', query.run);
  if (query.after !== null) search.set('after', String(query.after));
  const call = {
    method: 'GET',
    path: `/events?${search}`,
    ...(query.signal ? { signal: query.signal } : {}),
  } as const;
  const response = await open(socket, call);
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (response.statusCode !== 200) continue;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      if (text.length > longestMessage) throw new Error('a message without an end');
      for (const block of blocks) yield* parseBlock(block);
    }
  } catch (error) {
    throw query.signal?.aborted ? error : new Unreachable(error);
  } finally {
    close(response);
  }
  if (response.statusCode !== 200) throw errorOf(text, response.statusCode ?? 0);
}

function close(response: IncomingMessage): void {
  response.destroy();
}

/** Comments (heartbeats) make no message. */
function* parseBlock(block: string): Generator<Received> {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 2));
  }
  const kind = fields.get('event');
  if (kind === undefined) return;
  const body: object = JSON.parse(fields.get('data') ?? '{}');
  yield { seq: Number(fields.get('id') ?? 0), message: { kind, ...body } as StreamMessage };
}
