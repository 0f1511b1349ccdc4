import type { Hono } from 'hono';
import { type ApiContext, readBody } from '../context.ts';
import { messageBody, permitBody } from '../contract/requests.ts';

export function sessionRoutes(app: Hono, { engine }: ApiContext): void {
  app.get('/sessions', async (c) => c.json(await engine.sessions()));
  app.get('/resources', async (c) => c.json(await engine.resources()));
  app.get('/sessions/:id', async (c) => c.json(await engine.session(c.req.param('id'))));
  app.post('/sessions/:id/messages', async (c) => {
    const { text, interrupt } = await readBody(c, messageBody);
    return c.json(await engine.send(c.req.param('id'), text, interrupt));
  });
  app.post('/sessions/:id/permission', async (c) => {
    return c.json(await engine.permit(c.req.param('id'), await readBody(c, permitBody)));
  });
  app.get('/messages/:id', async (c) => c.json(await engine.message(c.req.param('id'))));
  app.get('/diff/:id', async (c) => c.text(await engine.diff(c.req.param('id'))));
}
