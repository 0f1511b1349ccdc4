import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runProgram } from '../../../../lib/subprocess.ts';
import { preloading } from '../preloading.ts';
import { chatForm } from './chat.ts';
import { witnessOfTurns } from './witness.ts';

const client = `
const [url, body, patience] = process.argv.slice(2);
const signal = AbortSignal.timeout(Number(patience));
const text = await fetch(url, { method: 'POST', body, signal }).then((reply) => reply.text()).catch((error) => error.name);
process.stdout.write(JSON.stringify({ length: text.length, options: process.env.NODE_OPTIONS ?? null }));
`;

const reminder = { role: 'user', content: '<system-reminder>\\nIt is Friday.' };
const conversation = [
  { role: 'system', content: 'You are' },
  { role: 'user', content: [{ type: 'text', text: 'Do it.' }] },
  reminder,
];
const body = (messages: object[], tool = 'Agent'): string =>
  JSON.stringify({ messages, tools: [{ function: { name: tool } }], prompt_cache_key: 'c1' });

const delta = (content: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: content, finish_reason: finish }] })}\n\n`;
const call = (more: object): string => delta({ tool_calls: [{ index: 0, function: more }] });
const answers: Readonly<Record<string, string>> = {
  long: `${delta({ content: 'word ' }).repeat(5000)}${delta({}, 'stop')}data: [DONE]\n\n`,
  calls: `${call({ name: 'Bash', arguments: '' })}${call({ arguments: '{"command":' })}${call({ arguments: '"ls"}' })}${delta({}, 'tool_calls')}`,
  stops: delta({ content: 'I wi' }),
};

describe('a witness of turns', () => {
  let dir = '';
  const server = createServer((request, response) => {
    const name = request.url?.split('/')[1] ?? '';
    if (name === 'hangs') return void response.writeHead(200).write(delta({ content: 'I' }));
    if (name === 'drops') return void request.socket.destroy();
    if (name === 'full') return void response.writeHead(429, { 'retry-after': '7' }).end('{"error":{}}');
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answers[name]);
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    dir = await mkdtemp(path.join(tmpdir(), 'ao a witness-'));
    await writeFile(path.join(dir, 'client.mjs'), client);
    const { path: file, text } = witnessOfTurns(dir, chatForm);
    await writeFile(file, text);
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true });
  });

  async function told(name: string, asked = body(conversation), patience = 20_000) {
    const events = path.join(dir, 'events.jsonl');
    await rm(events, { force: true });
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/${name}/v1/chat/completions`;
    const { stdout } = await runProgram({
      argv: [process.execPath, path.join(dir, 'client.mjs'), url, asked, String(patience)],
      cwd: dir,
      env: {
        ...preloading(path.join(dir, 'witness-of-turns.cjs'), { NODE_OPTIONS: '--no-warnings' }),
        AO_EVENTS_FILE: events,
      },
      timeoutMs: 30_000,
      maxBytes: 10_000,
    });
    const lines = (await readFile(events, 'utf8').catch(() => '')).trim().split('\n');
    return {
      seen: JSON.parse(stdout),
      lines: lines.filter((line) => line !== '').map((line) => JSON.parse(line)),
    };
  }

  test('tells what was said without reminders, and an answer of any length with its end', async () => {
    const { lines, seen } = await told('long');
    assert.equal(lines.length, 2);
    assert.partialDeepStrictEqual(lines[0], { ao: 'asked', said: 'Do it.', conversation: 'c1' });
    assert.partialDeepStrictEqual(lines[1], { ao: 'answer', status: 200, end: 'stop', isWhole: true });
    assert.equal(lines[1].words, 'word '.repeat(5000));
    assert.deepEqual(seen, { length: answers['long']?.length, options: '--no-warnings' });
  });

  test('puts calls together, and takes their results for nothing that somebody said', async () => {
    const result = [...conversation, { role: 'assistant' }, { role: 'tool', content: 'x' }, reminder];
    const { lines } = await told('calls', body(result));
    assert.deepEqual([lines.length, lines[0].said], [2, null]);
    assert.deepEqual(lines[1].calls, [{ name: 'Bash', input: { command: 'ls' } }]);
    assert.equal(lines[1].isWhole, false);
  });

  test('tells of answers without an end, of refusals and of broken connections', async () => {
    const answer = async (name: string) => (await told(name)).lines[1];
    assert.partialDeepStrictEqual(await answer('stops'), {
      status: 200,
      words: 'I wi',
      end: '',
      isWhole: false,
    });
    assert.partialDeepStrictEqual(await answer('full'), {
      status: 429,
      retryAfter: '7',
      text: '{"error":{}}',
    });
    assert.partialDeepStrictEqual(await answer('drops'), { status: 0 });
  });

  test('tells nothing of what the client let go, of work for another agent and of making room', async () => {
    assert.equal((await told('hangs', undefined, 500)).lines.length, 1);
    assert.deepEqual((await told('long', body(conversation, 'Bash'))).lines, []);
    const content =
      'You are about to run out of context.\n--- This message is a direct task, not part of the above conversation ---';
    assert.deepEqual((await told('long', body([...conversation, { role: 'user', content }]))).lines, []);
  });
});
