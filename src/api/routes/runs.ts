import type { Hono } from 'hono';
import type { ApiContext } from '../context.ts';

export function runRoutes(app: Hono, { engine }: ApiContext): void {
  app.get('/runs', async (c) => c.json(await engine.runs()));
  app.get('/runs/:id', async (c) => c.json(await engine.run(c.req.param('id'))));
  app.get('/runs/:id/report', async (c) => c.json(await engine.report(c.req.param('id'))));
  app.post('/runs/:id/stop', async (c) => {
    const id = c.req.param('id');
    await engine.stop(id);
    return c.json(await engine.run(id));
  });
}
