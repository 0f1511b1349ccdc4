import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { AoError, type ErrorCode } from '../domain/errors.ts';
import { diskFaultOf } from '../lib/disk-fault.ts';
import type { Engine, FixRequest } from '../engine/engine.ts';
import type { FixBody } from './contract/requests.ts';
import type { ErrorBody, Health, ShutdownDone } from './contract/responses.ts';

/** What the routes need of the daemon. */
export interface ApiContext {
  engine: Engine;
  health: Health;
  /** Reads configuration, flags and environment; throws an AoError that says what is wrong where. */
  resolveFix(body: FixBody): FixRequest;
  /** Resolves when the engine has let go; the daemon ends after the answer was sent. */
  shutdown(options: { agents: boolean }): Promise<ShutdownDone>;
  /** Aborted when the daemon is about to go. */
  stopping: AbortSignal;
  log(event: string, fields: Record<string, unknown>): void;
}

const statusOf: Record<ErrorCode, ContentfulStatusCode> = {
  usage: 400,
  config: 422,
  notFound: 404,
  conflict: 409,
  daemon: 503,
  failed: 500,
};

/** The answer for whatever was thrown. Of a bug a client sees one sentence; its stack is in the log only. */
export function sendError(c: Context, api: ApiContext, error: unknown): Response {
  if (diskFaultOf(error, api.health.home) !== null) return send(c, ofTheDisk(error));
  if (error instanceof AoError) return send(c, error);
  api.log('api.bug', { method: c.req.method, path: c.req.path, error });
  const detail = error instanceof Error ? error.message : String(error);
  const hint = 'This is a bug of ao: daemon.log in AO_HOME says more.';
  return send(c, new AoError('failed', `internal error: ${detail}`, hint));
}

/** Whatever failed because of the disk can be asked again: nothing of it was kept. */
function ofTheDisk(error: unknown): AoError {
  const hint = 'Free disk space or check the disk, then run the command again. Runs go on by themselves.';
  return new AoError('daemon', error instanceof Error ? error.message : String(error), hint);
}

function send(c: Context, { code, message, hint }: AoError): Response {
  return c.json({ error: { code, message, hint } } satisfies ErrorBody, statusOf[code]);
}

/** The request's JSON, checked. */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  return check(schema, await readJson(c), 'the request');
}

async function readJson(c: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new AoError('usage', 'the request is not JSON', 'Send it with content-type: application/json.');
  }
  try {
    return await c.req.json();
  } catch {
    throw new AoError('usage', 'the request is not valid JSON');
  }
}

export function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? what : `${what}: ${issue.path.join('.')}`;
  throw new AoError('usage', `${place}: ${issue?.message ?? 'is not valid'}`);
}
