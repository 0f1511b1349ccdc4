import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { createAdaptorServer } from '@hono/node-server';
import { type StubEngine, stubEngine } from '../../test/support/stub-engine.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { AoError } from '../domain/errors.ts';
import { codeId } from '../lib/code-id.ts';
import { readStream } from './client/events.ts';
import { ask, open } from './client/http.ts';
import { Client } from './client.ts';
import type { ApiContext } from './context.ts';
import type { Health, StreamMessage } from './contract/responses.ts';
import { makeApi } from './server.ts';

const directory = mkdtempSync(join(tmpdir(), 'ao-api-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const health: Health = {
  pid: process.pid,
  version: '0.0.0',
  codeId: codeId(),
  startedAt: 'now',
  home: directory,
};

let count = 0;
let engine: StubEngine;
let server: Server;
let socket: string;
let client: Client;
let stopping: AbortController;
let logged: { event: string; fields: Record<string, unknown> }[];

beforeEach(async () => {
  engine = stubEngine(directory);
  stopping = new AbortController();
  logged = [];
  const context: ApiContext = {
    engine,
    health,
    resolveFix: ({ cwd, env, resume, flags }) => {
      if (flags['concurrency'] === 'many') throw new AoError('config', 'too many', 'Fewer.');
      return { path: cwd, branch: null, options: {} as never, env, resume };
    },
    shutdown: async ({ agents }) => ({ live: agents ? 0 : 2 }),
    stopping: stopping.signal,
    log: (event, fields) => logged.push({ event, fields }),
  };
  socket = join(directory, `${count++}.sock`);
  server = createAdaptorServer({ fetch: makeApi(context).fetch }) as Server;
  server.listen(socket);
  await once(server, 'listening');
  // Nothing can be started there: a test that fails must not leave a daemon behind.
  client = new Client({ socket, health }, { AO_HOME: '/dev/null/none' });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const fixBody = { cwd: '/somewhere', path: null, flags: {}, env: { NAME: 'vålue\n"' }, resume: false };

describe('the API', () => {
  test('answers what the engine answers, on every route', async () => {
    assert.deepEqual(JSON.parse(await ask(socket, { method: 'GET', path: '/health' })), health);
    assert.deepEqual(await client.fix(fixBody), { run: 'run-1', joined: false });
    assert.equal(JSON.parse(readFileSync(join(directory, 'request.json'), 'utf8')).env.NAME, 'vålue\n"');
    assert.equal((await client.preview(fixBody)).before, '/somewhere');
    assert.deepEqual(
      (await client.runs()).map(({ id }) => id),
      ['run-1'],
    );
    assert.equal((await client.run('run-1')).branch, 'main');
    assert.equal((await client.stop('run-1')).id, 'run-1');
    assert.equal((await client.session('a/b c')).id, 'a/b c', 'ids are quoted on the way');
    assert.equal(await client.diff('ü'), 'diff of ü\n');
    assert.deepEqual(await client.clean({ olderThanMs: 0, dryRun: true }), { removed: [], kept: [] });
    const shutdown = { method: 'POST', path: '/shutdown', body: { agents: false } } as const;
    assert.deepEqual(JSON.parse(await ask(socket, shutdown)), { live: 2 });
  });

  test('gives expected failures back as they were, with a fitting status', async () => {
    const failures = [
      [client.run('nobody'), { code: 'notFound', message: 'there is no run nobody', hint: 'See: ao list' }],
      [client.report('run-1'), { code: 'conflict', hint: 'Wait for it.' }],
      [client.retry('t'), { code: 'notFound', hint: null }],
      [client.cancel('t'), { code: 'failed' }],
      [client.accept('t'), { code: 'usage' }],
      [client.fix({ ...fixBody, flags: { concurrency: 'many' } }), { code: 'config', hint: 'Fewer.' }],
    ] as const;
    for (const [failure, expected] of failures)
      await assert.rejects(failure, { name: 'AoError', ...expected });
    const status = async (path: string): Promise<number | undefined> => {
      const response = await open(socket, { method: 'GET', path });
      response.resume();
      return response.statusCode;
    };
    assert.deepEqual(
      await Promise.all(['/runs/nobody', '/runs/run-1/report', '/nowhere', '/sessions'].map(status)),
      [404, 409, 404, 500],
    );
  });

  test('shows one sentence of a bug to clients, and its stack to the log only', async () => {
    await assert.rejects(client.sessions(), (error: AoError) => {
      assert.match(error.message, /internal error/);
      assert.doesNotMatch(
        JSON.stringify({ ...error, message: error.message, hint: error.hint }),
        /stub-engine/,
      );
      return true;
    });
    assert.equal(logged[0]?.event, 'api.bug');
    const error = logged[0]?.fields['error'];
    assert.match(error instanceof Error ? (error.stack ?? '') : '', /stub-engine/);
  });

  test('refuses what is not a request it knows, and says which part', async () => {
    const post = (body: unknown, path = '/fix'): Promise<string> =>
      ask(socket, { method: 'POST', path, body });
    await assert.rejects(post({ ...fixBody, dryRun: 1 }), { code: 'usage', message: /dryRun/ });
    await assert.rejects(post({ ...fixBody, dryRun: false, surprise: 1 }), { code: 'usage' });
    await assert.rejects(post(undefined), { code: 'usage', message: /not valid JSON/ });
    await assert.rejects(post({ agents: 'yes' }, '/shutdown'), { code: 'usage', message: /agents/ });
    const huge = { ...fixBody, dryRun: false, env: { BIG: 'x'.repeat(17_000_000) } };
    await assert.rejects(post(huge), /larger|went away|cannot be reached/);
  });

  test('takes no new work while it stops', async () => {
    stopping.abort();
    await assert.rejects(client.runs(), { code: 'daemon', message: /stopping/ });
  });
});

describe('the event stream', () => {
  const next = async (stream: AsyncGenerator<StreamMessage>): Promise<StreamMessage> => {
    const { value, done } = await stream.next();
    assert.equal(done ?? false, false, 'the stream has ended');
    return value;
  };

  test('begins with a picture of the run, then sends rows in order and the picture when it changes', async () => {
    const quit = new AbortController();
    const stream = client.events({ run: 'run-1', after: null, signal: quit.signal });
    assert.equal((await next(stream)).kind, 'run');
    engine.setActivity('busy');
    await engine.happen('one');
    await engine.happen('other', 'run-2');
    await engine.happen('two');
    const seen: unknown[] = [];
    while (seen.length < 3) {
      const message = await next(stream);
      seen.push(
        message.kind === 'event' ? message.event.type : message.kind === 'run' && message.run.activity,
      );
    }
    assert.deepEqual(
      seen.filter((it) => it !== 'busy'),
      ['one', 'two'],
    );
    assert.ok(seen.includes('busy'));
    quit.abort();
    assert.equal((await stream.next()).done, true);
  });

  test('goes on after the number that a client names', async () => {
    for (const type of ['a', 'b', 'c']) await engine.happen(type);
    const types: string[] = [];
    const quit = new AbortController();
    for await (const message of client.events({ run: null, after: 1, signal: quit.signal })) {
      if (message.kind === 'event') types.push(message.event.type);
      if (types.length === 2) quit.abort();
    }
    assert.deepEqual(types, ['b', 'c']);
    const last = { 'last-event-id': '2' };
    const response = await open(socket, { method: 'GET', path: '/events?after=0', headers: last });
    const [chunk] = await Promise.all([firstEvent(response), engine.happen('d')]);
    assert.match(chunk, /^event: event\ndata: .*"type":"c".*\nid: 3$/m);
    response.destroy();
  });

  test('shows a change that has no row of its own', async () => {
    const quit = new AbortController();
    const stream = client.events({ run: 'run-1', after: null, signal: quit.signal });
    await next(stream);
    engine.setActivity('quietly busy');
    const message = await next(stream);
    assert.equal(message.kind === 'run' && message.run.activity, 'quietly busy');
    quit.abort();
    await stream.return(undefined);
  });

  test('is an error with a status for a run that there is not', async () => {
    const stream = client.events({ run: 'nobody', after: null });
    await assert.rejects(stream.next(), { code: 'notFound' });
  });

  test('lets go of a client that was killed', async () => {
    const program = `require('node:http').get({socketPath: process.argv[1], path: '/events'}, (r) => r.on('data', () => console.log('on')))`;
    const child = spawn(process.execPath, ['-e', program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await waitFor('the stream to wait for news', () => engine.waiting() === 1);
    child.kill('SIGKILL');
    await waitFor('the stream to be cleaned up', () => engine.waiting() === 0);
  });

  test('reads no more for a client that takes nothing, while another one gets everything', async () => {
    const stalled = await open(socket, { method: 'GET', path: '/events?after=0&run=run-1' });
    stalled.pause();
    let pages = 0;
    const events = engine.events;
    engine.events = (...query) => {
      if (query[1] !== null) pages += 1;
      return events(...query);
    };
    const total = 3000;
    for (let index = 0; index < total; index++) await engine.happen(`event-${index}-${'x'.repeat(2000)}`);
    let taken = 0;
    for await (const message of client.events({ run: null, after: 0 })) {
      if (message.kind === 'event') taken += 1;
      if (taken === total) break;
    }
    assert.ok(pages <= 2, `${pages} pages were read for a client that takes none`);
    stalled.destroy();
    await waitFor('the stream to be cleaned up', () => engine.waiting() === 0);
  });

  test('passes over rows of other runs', async () => {
    const quit = new AbortController();
    const stream = client.events({ run: 'run-1', after: null, signal: quit.signal });
    await next(stream);
    await engine.happen('other', 'run-2');
    await waitFor('it to wait for rows after that one', () => engine.waiting() === 1);
    quit.abort();
    await stream.return(undefined);
  });

  test('says goodbye when the daemon stops', async () => {
    const kinds: string[] = [];
    for await (const { message } of readStream(socket, { run: 'run-1', after: null })) {
      kinds.push(message.kind);
      stopping.abort();
    }
    assert.deepEqual(kinds, ['run', 'bye']);
  });

  test('serves a bounded number of clients', async () => {
    const quit = new AbortController();
    const call = { method: 'GET', path: '/events', signal: quit.signal } as const;
    const responses = await Promise.all(Array.from({ length: 65 }, () => open(socket, call)));
    for (const response of responses) response.on('error', () => {}).resume();
    const statuses = responses.map(({ statusCode }) => statusCode);
    assert.equal(statuses.filter((status) => status === 200).length, 64);
    assert.equal(statuses.filter((status) => status === 503).length, 1);
    quit.abort();
    await waitFor('all to be cleaned up', () => engine.waiting() === 0);
  });
});

test('a log that breaks off is not taken for a whole one', async () => {
  const all = 'first\nsecond\n';
  let asked = 0;
  engine.log = async (_id, { after: from }) => {
    asked += 1;
    const isLast = asked > 1;
    return { after: from, bytes: piecesOf(all.slice(from, isLast ? all.length : 6), isLast) };
  };
  const info = { pid: process.pid, startTime: 'x', socket };
  writeFileSync(join(directory, 'daemon.json'), JSON.stringify(info));
  const reading = new Client({ socket, health }, { AO_HOME: directory });
  const wish = { after: 0, last: null, raw: false, follow: false };
  let text = '';
  for await (const bytes of reading.log('s1', wish, AbortSignal.timeout(20_000)))
    text += Buffer.from(bytes).toString();
  assert.equal(text, all);
  assert.deepEqual(
    logged.map(({ event }) => event),
    ['api.stream_failed'],
  );
});

async function* piecesOf(text: string, isWhole: boolean): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  if (!isWhole) throw new Error('the disk failed');
}

test('a client says clearly that the daemon went away before it answered', async () => {
  const path = join(directory, 'dying.sock');
  const dying = createServer((_request, response) => response.destroy());
  dying.listen(path);
  await once(dying, 'listening');
  const lost = new Client({ socket: path, health }, {});
  await assert.rejects(lost.runs(), { code: 'daemon', message: /went away/ });
  dying.close();
});

test('a client asks a daemon whose stream fails again and again a few times, and no more', async (t) => {
  const path = join(directory, 'mute.sock');
  let asked = 0;
  const mute = createServer(({ url }, response) => {
    if (url?.startsWith('/events')) asked += 1;
    response.end(url === '/health' ? JSON.stringify(health) : '');
  });
  mute.listen(path);
  t.after(() => mute.close());
  await once(mute, 'listening');
  const info = { pid: process.pid, startTime: 'x', socket: path };
  writeFileSync(join(directory, 'daemon.json'), JSON.stringify(info));
  const following = new Client({ socket: path, health }, { AO_HOME: directory });
  const next = following.events({ run: null, after: null, signal: AbortSignal.timeout(20_000) }).next();
  await assert.rejects(next, { code: 'daemon', message: /tells nothing/ });
  assert.equal(asked, 11);
});

/** The first block of a stream that is an event. */
async function firstEvent(response: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    const block = text.split('\n\n').find((it) => it.startsWith('event: event'));
    if (block !== undefined && text.includes(`${block}\n\n`)) return block;
  }
  return text;
}
