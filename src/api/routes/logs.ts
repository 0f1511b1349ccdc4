import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { StreamingApi } from 'hono/utils/stream';
import { AoError } from '../../domain/errors.ts';
import type { LogSpan } from '../../engine/engine.ts';
import { type ApiContext, check } from '../context.ts';
import { logQuery } from '../contract/requests.ts';
import { logPlace } from '../contract/responses.ts';

const mostStreams = 64;

/** Logs are streamed as bytes: what was sent of one is counted by whoever gets it, and so it is known where to go on. */
export function logRoutes(app: Hono, api: ApiContext): void {
  let openStreams = 0;
  app.get('/sessions/:id/log', async (c) => {
    const { after, last = null, raw, follow } = check(logQuery, c.req.query(), 'the query');
    if (openStreams >= mostStreams)
      throw new AoError('daemon', `${openStreams} clients read logs already`, 'Close some of them.');
    const gone = new AbortController();
    const request = { after, last, raw: raw === '1', follow: follow === '1' };
    const signal = AbortSignal.any([gone.signal, api.stopping]);
    const span = await api.engine.log(c.req.param('id'), request, signal);
    openStreams += 1;
    c.header('content-type', 'application/octet-stream');
    c.header(logPlace, String(span.after));
    return stream(c, async (out) => {
      out.onAbort(() => gone.abort());
      const isWhole = await send(api, out, span);
      gone.abort();
      openStreams -= 1;
      // Whoever reads must not take the part for the whole; it comes back for the rest.
      if (!isWhole) (c.env as Partial<HttpBindings>).outgoing?.destroy();
    });
  });
}

/** False where it broke off. */
async function send(api: ApiContext, out: StreamingApi, { bytes }: LogSpan): Promise<boolean> {
  try {
    for await (const piece of bytes) {
      if (out.aborted) break;
      if (piece.length > 0) await out.write(piece);
    }
    return true;
  } catch (error) {
    if (!out.aborted) api.log('api.stream_failed', { error });
    return false;
  }
}
