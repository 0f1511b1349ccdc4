import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AoError } from '../domain/errors.ts';
import { type ApiContext, sendError } from './context.ts';
import { daemonRoutes } from './routes/daemon.ts';
import { eventRoutes } from './routes/events.ts';
import { fixRoutes } from './routes/fix.ts';
import { runRoutes } from './routes/runs.ts';
import { logRoutes } from './routes/logs.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { taskRoutes } from './routes/tasks.ts';

/** An environment may be 2 MB, and JSON escapes make it longer. */
const mostBodyBytes = 16_000_000;

/** The daemon's API. It is served on a socket that only its user can open, so it asks for no token. */
export function makeApi(api: ApiContext): Hono {
  const app = new Hono();
  app.use(async (_c, next) => {
    if (api.stopping.aborted) throw new AoError('daemon', 'the daemon is stopping', 'Run the command again.');
    await next();
  });
  app.use(bodyLimit({ maxSize: mostBodyBytes, onError: () => refuseBody() }));
  for (const routes of [
    daemonRoutes,
    eventRoutes,
    fixRoutes,
    logRoutes,
    runRoutes,
    sessionRoutes,
    taskRoutes,
  ]) {
    routes(app, api);
  }
  app.notFound((c) =>
    sendError(c, api, new AoError('notFound', `there is no ${c.req.method} ${c.req.path}`)),
  );
  app.onError((error, c) => sendError(c, api, error));
  return app;
}

function refuseBody(): never {
  throw new AoError('usage', `the request is larger than ${mostBodyBytes / 1_000_000} MB`);
}
