import type { Hono } from 'hono';
import { type ApiContext, readBody } from '../context.ts';
import { accountEntriesBody, cleanBody, shutdownBody } from '../contract/requests.ts';

export function daemonRoutes(app: Hono, api: ApiContext): void {
  app.get('/health', (c) => c.json(api.health));
  app.post('/clean', async (c) => c.json(await api.engine.clean(await readBody(c, cleanBody))));
  app.post('/account-entries', async (c) => {
    const { remove } = await readBody(c, accountEntriesBody);
    return c.json(await api.engine.accountEntries(remove));
  });
  app.post('/shutdown', async (c) => c.json(await api.shutdown(await readBody(c, shutdownBody))));
}
