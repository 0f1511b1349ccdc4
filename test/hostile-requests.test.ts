// The same strings through every route of the API, on a real engine: an answer below 500 each time, and nothing is run.
import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import type { Server } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createAdaptorServer } from '@hono/node-server';
import { makeApi } from '../src/api/server.ts';
import { fixSettings } from '../src/config/settings.ts';
import { composeEngine } from '../src/daemon/compose.ts';
import { resolveFix } from '../src/daemon/resolve-fix.ts';
import type { Engine } from '../src/engine/engine.ts';
import { hostileStrings } from './support/hostile-strings.ts';
import { makeRepository, temporaryDirectory } from './support/repositories.ts';

const health = { pid: 1, version: '0', codeId: 'x', startedAt: 'now', home: '/' };

/** The real routes and settings on a real engine; only that a run is started is left out, of which there would be thousands. */
async function openApi(directory: string) {
  const bugs: unknown[] = [];
  const log = (event: string, fields: Record<string, unknown>): void => void bugs.push(event, fields);
  const engine = await composeEngine({ home: directory, log });
  const started: Pick<Engine, 'fix' | 'preview'> = {
    fix: async () => ({ run: 'started', joined: false }),
    preview: async () => ({ branch: 'main', before: '', checks: [], findings: [], tasks: [] }),
  };
  const app = makeApi({
    engine: Object.assign(engine, started),
    health,
    resolveFix: (body) => resolveFix(body, directory),
    shutdown: async () => assert.fail('a hostile string shut the daemon down'),
    stopping: new AbortController().signal,
    log,
  });
  return { app, bugs, close: () => engine.shutdown({ stopAgents: true }) };
}

/** What can be asked of a route with this string in it. */
function requests(route: { method: string; path: string }, one: string, cwd: string): [string, unknown][] {
  const quoted = encodeURIComponent(one.toWellFormed());
  if (route.path.includes(':id')) return [[route.path.replace(':id', quoted), undefined]];
  if (route.path === '/events')
    return [
      [`/events?run=${quoted}`, undefined],
      [`/events?run=x&after=${quoted}`, undefined],
    ];
  if (route.path === '/clean')
    return [
      ['/clean', { olderThanMs: one, dryRun: true }],
      ['/clean', { [one]: one }],
    ];
  if (route.path === '/shutdown')
    return [
      ['/shutdown', { agents: one }],
      ['/shutdown', one],
    ];
  if (route.path !== '/fix') return [[`${route.path}?${quoted}=${quoted}`, undefined]];
  const body = { cwd, path: null, flags: {}, env: {}, resume: false, dryRun: false };
  const setting = fixSettings[one.length % fixSettings.length];
  return [
    ['/fix', { ...body, flags: { agentCommand: 'x', [setting?.key ?? '']: one } }],
    ['/fix', { ...body, flags: { agentCommand: [one], [one]: one } }],
    ['/fix', { ...body, cwd: one, path: one }],
    ['/fix', { ...body, env: { [one]: one, [setting?.variable ?? '']: one } }],
    ['/fix', { ...body, [one]: one, resume: one }],
  ];
}

test('5,000 hostile strings through every route', async (t) => {
  const directory = await temporaryDirectory();
  const canaries = path.join(directory, 'canaries');
  await mkdir(canaries);
  const repository = await makeRepository();
  const { app, bugs, close } = await openApi(directory);
  t.after(async () => {
    await close();
    await Promise.all([repository.remove(), rm(directory, { recursive: true, force: true })]);
  });
  const routes = app.routes.filter(({ method }) => method === 'GET' || method === 'POST');
  assert.ok(routes.length >= 15, `${routes.length} routes`);
  const statuses = new Map<number, number>();
  for (const [index, one] of hostileStrings(5000, path.join(canaries, 'c')).entries()) {
    const few = index < 80 ? routes : [routes[index % routes.length]].flatMap((route) => route ?? []);
    for (const route of few) {
      for (const [url, body] of requests(route, one, repository.path)) {
        const json = { 'content-type': 'application/json' };
        const init = body === undefined ? {} : { body: JSON.stringify(body), headers: json };
        const response = await app.request(url, { method: route.method, ...init });
        const said = await response.text();
        const told = `${route.method} ${url} ${JSON.stringify(body)}: ${response.status} ${said}`;
        assert.ok(response.status < 500, told);
        if (response.status >= 400) assert.ok(JSON.parse(said).error.message.length > 0, told);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      }
    }
  }
  assert.deepEqual(bugs, []);
  assert.deepEqual(await readdir(canaries), []);
  for (const status of [200, 400, 404, 422])
    assert.ok((statuses.get(status) ?? 0) > 20, JSON.stringify([...statuses]));
});

test('bytes that are no request are refused, and the next one is answered', async (t) => {
  const directory = await temporaryDirectory();
  const { app, bugs, close } = await openApi(directory);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await close();
    await rm(directory, { recursive: true, force: true });
  });
  const socket = path.join(directory, 'test.sock');
  await once(server.listen(socket), 'listening');
  const ask = async (bytes: string): Promise<string> => {
    const connection = createConnection(socket);
    connection.end(Buffer.from(bytes, 'latin1'));
    return text(connection).catch(() => '');
  };
  const end = 'host: x\r\nconnection: close\r\n\r\n';
  for (const one of hostileStrings(300, path.join(directory, 'c'))) {
    const raw = Buffer.from(one).toString('latin1');
    for (const bytes of [
      `GET /runs/${raw} HTTP/1.1\r\n${end}`,
      `GET /runs HTTP/1.1\r\n${raw}: ${raw}\r\n${end}`,
      raw,
    ]) {
      assert.doesNotMatch((await ask(bytes)).split('\r\n')[0] ?? '', / 5\d\d /, JSON.stringify(bytes));
    }
  }
  const json = `content-type: application/json\r\ncontent-length: 3\r\n`;
  assert.match(await ask(`POST /fix HTTP/1.1\r\n${json}${end}{"a`), / 400 /);
  assert.match(await ask(`GET /runs/%ff%00%zz HTTP/1.1\r\n${end}`), / 4\d\d /);
  assert.match(await ask(`GET /health HTTP/1.1\r\n${end}`), / 200 /);
  assert.deepEqual(bugs, []);
});
