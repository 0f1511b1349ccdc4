import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { runProgram } from '../../../lib/subprocess.ts';
import { ModelServer } from '../../../../test/support/model-server/server.ts';
import { type ModelAnswer, readAnswer } from '../model-answer.ts';
import { preloading } from './preloading.ts';
import { type Asking, type Loading, witnessOf } from './witness.ts';

/** A client that asks its model once and says nothing of it; it prints what it saw itself, and what its children would load. */
const client = `
const [url, body] = process.argv.slice(2);
const text = await fetch(url, { method: 'POST', body }).then((reply) => reply.text()).catch((error) => error.name);
process.stdout.write(JSON.stringify({ length: text.length, options: process.env.NODE_OPTIONS ?? null }));
`;

const asked = JSON.stringify({
  model: 'm',
  stream: true,
  tools: [{ type: 'function', function: { name: 'bash', parameters: { type: 'object', properties: {} } } }],
  messages: [{ role: 'user', content: 'Do it.' }],
});

for (const asking of ['fetch', 'undici'] as const) {
  describe(`a witness of a client that asks by ${asking}`, () => {
    const server = new ModelServer();
    let dir = '';
    before(async () => {
      await server.listen();
      dir = await mkdtemp(path.join(tmpdir(), 'ao a witness-'));
      await writeFile(path.join(dir, 'client.mjs'), client);
    });
    after(async () => {
      await server.close();
      await rm(dir, { recursive: true });
    });
    const at = (scenario: string): string => `${server.baseUrl(scenario)}/v1/chat/completions`;
    const witnessed = (url: string, body = asked) => ask(dir, asking, [url, body]);

    for (const [scenario, told] of Object.entries({
      hello: { status: 200, end: 'stop', said: true },
      truncated: { status: 200, end: 'length', said: true },
      unfinished: { status: 200, end: '', said: true },
      empty: { status: 200, end: 'stop', said: false },
      'usage-limit': { status: 429, retryAfter: '3600' },
      overloaded: { status: 503, retryAfter: '' },
    })) {
      test(`tells of ${scenario}, once`, async () => {
        const { answers } = await witnessed(at(scenario));
        assert.equal(answers.length, 1);
        assert.partialDeepStrictEqual(answers[0], told);
      });
    }

    test('tells why there was no answer, or no end of it', async () => {
      const dropped = await witnessed(at('drop'));
      assert.match(dropped.answers[0]?.error ?? '', /UND_ERR_SOCKET|terminated/);
      const nobody = createServer();
      const port = await listening(nobody);
      await new Promise((resolve) => nobody.close(resolve));
      const refused = await witnessed(`http://127.0.0.1:${port}/v1/chat/completions`);
      assert.match(refused.answers[0]?.error ?? '', /ECONNREFUSED/);
      assert.deepEqual([dropped.answers[0]?.status, refused.answers[0]?.status], [200, 0]);
    });

    test('tells nothing of what is not the work itself', async () => {
      const title = asked.replace('"tools"', '"none"');
      assert.deepEqual((await witnessed(at('hello'), title)).answers, []);
      assert.deepEqual((await witnessed(`${server.baseUrl('hello')}/v1/models`)).answers, []);
    });

    test('leaves what the client sees as it is, and its children what a person has Node load', async () => {
      const alone = await ask(dir, null, [at('hello'), asked]);
      const { seen } = await witnessed(at('hello'));
      assert.deepEqual(seen, alone.seen);
      assert.equal(seen.options, null);
      const own = await ask(dir, asking, [at('hello'), asked], { own: '--no-warnings' });
      assert.equal(own.seen.options, '--no-warnings');
      const plugin = await ask(dir, asking, [at('hello'), asked], {
        own: '--no-warnings',
        loading: 'plugin',
      });
      assert.match(plugin.seen.options ?? '', /^--no-warnings /);
    });

    test('is a module too, for who takes it as a plugin', async () => {
      const { answers } = await ask(dir, asking, [at('overloaded'), asked], { loading: 'plugin' });
      assert.equal(answers[0]?.status, 503);
      const { path: file } = witnessOf({ asking, loading: 'plugin' }, dir);
      const use = `const all = Object.values(await import(${JSON.stringify(pathToFileURL(file).href)}));
        console.log(JSON.stringify(await Promise.all(all.map((plugin) => plugin()))));`;
      const argv = [process.execPath, '--input-type=module', '--eval', use];
      const { stdout } = await runProgram({ argv, cwd: dir, env: {}, timeoutMs: 20_000, maxBytes: 10_000 });
      assert.equal(stdout, '[{}]\n');
    });

    test('tells of a refusal in the middle of an answer', async (t) => {
      const failing = createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"delta":{"text":"I will"}}\n\n');
        response.end('event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n');
      });
      const port = await listening(failing);
      t.after(() => failing.close());
      const { answers } = await witnessed(`http://127.0.0.1:${port}/v1/messages`);
      assert.equal(answers.length, 1);
      assert.match(answers[0]?.text ?? '', /^\{"type":"error","error":\{"type":"overloaded_error"\}\}$/);
    });

    for (const [what, event] of Object.entries({
      'offers a tool that takes an “error”': {
        type: 'response.created',
        response: { error: null, tools: [{ parameters: { properties: { error: { type: 'string' } } } }] },
      },
      'calls a tool with an “error”': {
        candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: { error: { code: 1 } } } }] } }],
      },
    })) {
      test(`takes no answer for a refusal that ${what}`, async (t) => {
        const calling = createServer((_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.end(`data: ${JSON.stringify(event)}\n\ndata: {"type":"response.completed"}\n\n`);
        });
        const port = await listening(calling);
        t.after(() => calling.close());
        const { answers } = await witnessed(`http://127.0.0.1:${port}/v1/responses`);
        assert.deepEqual([answers[0]?.text, answers[0]?.end], ['', 'completed']);
      });
    }

    test('tells of a long refusal that comes in pieces', async (t) => {
      const error = { type: 'overloaded_error', message: 'm'.repeat(3000) };
      const [first, second] = [`data: {"type":"error","error":`, `${JSON.stringify(error)}}\n\n`];
      const failing = createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(first + second.slice(0, 2500), () =>
          setImmediate(() => response.end(second.slice(2500))),
        );
      });
      const port = await listening(failing);
      t.after(() => failing.close());
      const { answers } = await witnessed(`http://127.0.0.1:${port}/v1/messages`);
      assert.match(answers[0]?.text ?? '', /overloaded_error/);
    });

    for (const [coding, pack] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
    ] as const) {
      test(`reads what comes packed as ${coding}`, async (t) => {
        const packing = createServer((_, response) => {
          response.writeHead(200, { 'content-encoding': coding });
          response.end(pack('data: {"delta":{"content":"x"},"finish_reason":"length"}\n\n'));
        });
        const port = await listening(packing);
        t.after(() => packing.close());
        const { answers } = await witnessed(`http://127.0.0.1:${port}/v1/chat/completions`);
        assert.partialDeepStrictEqual(answers[0], { status: 200, end: 'length', said: true });
      });
    }
  });
}

async function ask(
  dir: string,
  asking: Asking | null,
  args: string[],
  { loading = 'preload', own = '' }: { loading?: Loading; own?: string } = {},
) {
  const witness = asking === null ? null : witnessOf({ asking, loading }, dir);
  if (witness !== null) await writeFile(witness.path, witness.text);
  const { stdout, stderr } = await runProgram({
    argv: [process.execPath, path.join(dir, 'client.mjs'), ...args],
    cwd: dir,
    env: witness === null ? {} : nodeOptions(witness.path, { loading, own }),
    timeoutMs: 20_000,
    maxBytes: 100_000,
  });
  const answers = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => readAnswer(JSON.parse(line)))
    .filter((answer): answer is ModelAnswer => answer !== null);
  return { answers, seen: JSON.parse(stdout) as { length: number; options: string | null } };
}

function nodeOptions(file: string, { loading, own }: { loading: Loading; own: string }) {
  if (loading === 'preload') return preloading(file, { NODE_OPTIONS: own });
  return { NODE_OPTIONS: `${own} --import=${pathToFileURL(file).href}`.trim() };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
