import type { Hono } from 'hono';
import type { ApiContext } from '../context.ts';

/** A person's answers to a task that waits for them. */
export function taskRoutes(app: Hono, { engine }: ApiContext): void {
  app.post('/tasks/:id/retry', async (c) => c.json(await engine.retry(c.req.param('id'))));
  app.post('/tasks/:id/cancel', async (c) => c.json(await engine.cancel(c.req.param('id'))));
  app.post('/tasks/:id/accept', async (c) => c.json(await engine.accept(c.req.param('id'))));
}
