import type { Hono } from 'hono';
import type { ApiContext } from '../context.ts';

export function sessionRoutes(app: Hono, { engine }: ApiContext): void {
  app.get('/sessions', async (c) => c.json(await engine.sessions()));
  app.get('/sessions/:id', async (c) => c.json(await engine.session(c.req.param('id'))));
  app.get('/diff/:id', async (c) => c.text(await engine.diff(c.req.param('id'))));
}
