import type { IncomingMessage } from 'node:http';
import { AoError } from '../../domain/errors.ts';
import type { ErrorBody } from '../contract/responses.ts';

/** An import would run every getter of the module and so load undici: more than all the rest of a short command. */
const { request } = process.getBuiltinModule('node:http');

export interface Call {
  method: 'GET' | 'POST';
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Thrown where nobody listens on the socket, or whoever listened went away before the answer was there. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('the daemon cannot be reached', { cause });
    this.name = 'Unreachable';
  }
}

/** The same for people. */
export function wentAway(cause: Unreachable): AoError {
  const hint = 'Run the command again: it starts a new daemon, and agents go on meanwhile.';
  return new AoError('daemon', 'the daemon went away before it answered', hint, { cause });
}

/** The answer to a request over a Unix socket; its body is still to be read. */
export function open(socket: string, call: Call): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers: Record<string, string> = { ...call.headers, host: 'ao' };
  if (call.method === 'POST') headers['content-type'] = 'application/json';
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  const { method, path, signal } = call;
  const options = { socketPath: socket, method, path, headers, agent: false, ...(signal ? { signal } : {}) };
  const sent = request(options, resolve);
  sent.on('error', (error) => reject(signal?.aborted ? error : new Unreachable(error)));
  sent.end(body);
  return promise;
}

/** Text of a successful answer; another one rejects with the AoError that it holds. */
export async function ask(socket: string, call: Call): Promise<string> {
  const response = await open(socket, call);
  const text = await readText(response);
  if (response.statusCode === 200) return text;
  throw errorOf(text, response.statusCode ?? 0);
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (error) {
    throw new Unreachable(error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function errorOf(text: string, status: number): AoError {
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    return new AoError(error.code, error.message, error.hint);
  } catch {
    return new AoError('daemon', `the daemon answered ${status} and nothing that ao understands`);
  }
}
