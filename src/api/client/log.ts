import { type LogRequest, logPlace } from '../contract/responses.ts';
import { errorOf, open, Unreachable } from './http.ts';

export interface LogCall {
  /** As it stands in a path. */
  session: string;
  request: LogRequest;
  signal: AbortSignal;
}

export interface LogPiece {
  bytes: Uint8Array;
  /** Where to go on after them. */
  next: number;
}

/** What one connection tells of a log, first where that begins. Ends when the daemon ends it, throws Unreachable when it breaks. */
export async function* readLog(socket: string, call: LogCall): AsyncGenerator<LogPiece> {
  const { after, last, raw, follow } = call.request;
  const search = new URLSearchParams({
    after: String(after),
    raw: raw ? '1' : '0',
    follow: follow ? '1' : '0',
  });
  if (last !== null) search.set('last', String(last));
  const path = `/sessions/${call.session}/log?${search}`;
  const response = await open(socket, { method: 'GET', path, signal: call.signal });
  const refusal: Buffer[] = [];
  try {
    let next = Number(response.headers[logPlace] ?? 0);
    if (response.statusCode === 200) yield { bytes: new Uint8Array(), next };
    for await (const chunk of response) {
      const bytes: Buffer = chunk;
      next += bytes.length;
      if (response.statusCode === 200) yield { bytes, next };
      else refusal.push(bytes);
    }
  } catch (error) {
    throw call.signal.aborted ? error : new Unreachable(error);
  } finally {
    response.destroy();
  }
  if (response.statusCode !== 200) {
    throw errorOf(Buffer.concat(refusal).toString('utf8'), response.statusCode ?? 0);
  }
}
