import type { Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { AoError } from '../../domain/errors.ts';
import type { ApiContext } from '../context.ts';
import { check } from '../context.ts';
import { eventsQuery } from '../contract/requests.ts';
import { followLog } from '../event-feed.ts';

const mostStreams = 64;
const heartbeatMs = 15_000;
/** A client that takes nothing for this long is let go; it comes back with the last number that it saw. */
const patienceMs = 30_000;

export function eventRoutes(app: Hono, api: ApiContext): void {
  let open = 0;
  app.get('/events', async (c) => {
    const { after, run } = check(eventsQuery, c.req.query(), 'the query');
    const last = Number(c.req.header('last-event-id') ?? Number.NaN);
    const start = Number.isSafeInteger(last) && last >= 0 ? last : after;
    if (run !== undefined) await api.engine.run(run); // unknown: an answer with a status, not an empty stream
    if (open >= mostStreams)
      throw new AoError('daemon', `${open} clients follow already`, 'Close some of them.');
    open += 1;
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      c.req.raw.signal.addEventListener('abort', () => gone.abort(), { once: true });
      try {
        await serve(api, stream, { run: run ?? null, after: start ?? null, gone });
      } catch (error) {
        if (!gone.signal.aborted) api.log('api.stream_failed', { error });
      } finally {
        gone.abort();
        open -= 1;
      }
    });
  });
}

interface Follower {
  run: string | null;
  after: number | null;
  gone: AbortController;
}

/** Writes one message at a time and waits until it is taken, so that nothing piles up for a slow client. */
async function serve(api: ApiContext, stream: SSEStreamingApi, follower: Follower): Promise<void> {
  const { gone, run, after } = follower;
  const left = new Promise<void>((resolve) => {
    gone.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let taken: Promise<unknown> | null = null;
  const send = async (write: () => Promise<unknown>): Promise<void> => {
    const timer = setTimeout(() => gone.abort(), patienceMs);
    taken = write();
    await Promise.race([taken, left]);
    taken = null;
    clearTimeout(timer);
  };
  const heartbeat = setInterval(() => {
    if (taken === null) void send(() => stream.write(': still here\n\n'));
  }, heartbeatMs);
  const signal = AbortSignal.any([gone.signal, api.stopping]);
  try {
    await send(() => stream.write(': following\n\n'));
    for await (const { seq, message } of followLog(api.engine, { run, after, signal })) {
      const { kind, ...body } = message;
      await send(() => stream.writeSSE({ event: kind, id: String(seq), data: JSON.stringify(body) }));
      if (gone.signal.aborted) return;
    }
    if (!gone.signal.aborted) await send(() => stream.writeSSE({ event: 'bye', data: '{}' }));
  } finally {
    clearInterval(heartbeat);
  }
}
