import type { Hono } from 'hono';
import { type ApiContext, readBody } from '../context.ts';
import { fixBody } from '../contract/requests.ts';

export function fixRoutes(app: Hono, api: ApiContext): void {
  app.post('/fix', async (c) => {
    const body = await readBody(c, fixBody);
    const request = api.resolveFix(body);
    return c.json(body.dryRun ? await api.engine.preview(request) : await api.engine.fix(request));
  });
}
