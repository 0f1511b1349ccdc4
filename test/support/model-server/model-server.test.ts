import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { waitFor } from '../wait-for.ts';
import type { Dialect } from './dialect.ts';
import { always, commands, forEver, type Refusal } from './scenario.ts';
import { ModelServer } from './server.ts';
import { ask, at, eventsOf, type Said, speakers } from './speakers.ts';

const server = new ModelServer();
before(() => server.listen());
after(() => server.close());

const entries = Object.entries(speakers) as [Dialect['name'], (typeof speakers)[Dialect['name']]][];

// With a call, and without.
const finishes: Record<Dialect['name'], [string, string]> = {
  anthropic: ['tool_use', 'end_turn'],
  responses: ['call', 'end'],
  chat: ['tool_calls', 'stop'],
  gemini: ['STOP', 'STOP'],
};

const ending = /message_stop|response\.completed|\[DONE\]|"finishReason"/;

for (const [name, speaker] of entries) {
  for (const stream of [true, false]) {
    test(`${name} ${stream ? 'streamed' : 'whole'}: a command, then the claim that follows its result`, async () => {
      const base = server.baseUrl('write');
      const first = await ask(base, speaker, { stream });
      assert.equal(first.text, 'I will run a command.');
      assert.equal(first.command, "printf 'hello from the model\\n' > hello.txt");
      const second = await ask(base, speaker, { stream, results: 1 });
      assert.deepEqual([second.text, second.command], ['TASK COMPLETE: wrote hello.txt', null]);
      assert.deepEqual([first.finish, second.finish], finishes[name]);
    });
  }

  test(`${name}: faults come in their order and are over after their number`, async () => {
    const scenario = `twice-${name}`;
    const faults = [
      { kind: 'rate_limit', times: 2, retryAfter: 7 } as const,
      { kind: 'overloaded' } as const,
    ];
    server.scenario(scenario, always({ say: 'Now.', faults }));
    const statuses = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await ask(server.baseUrl(scenario), speaker)).status);
    }
    assert.deepEqual(statuses, [429, 429, name === 'anthropic' ? 529 : 503, 200]);
    assert.deepEqual(server.log.counts(scenario), { rate_limit: 2, overloaded: 1, answer: 1 });
  });

  test(`${name}: a stream that drops or hangs has begun and is not whole`, async () => {
    await assert.rejects(ask(server.baseUrl('drop'), speaker), /terminated/);
    const request = new AbortController();
    const reply = await fetch(server.baseUrl('hang-in-stream') + speaker.path(true), {
      method: 'POST',
      body: JSON.stringify(speaker.body('Do it.', 0, true)),
      signal: request.signal,
    });
    let seen = '';
    const reading = (async () => {
      for await (const chunk of reply.body ?? []) seen += Buffer.from(chunk).toString();
    })();
    await waitFor('the beginning of an answer', () => seen.includes('I will'));
    request.abort();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.doesNotMatch(seen, ending);
  });

  test(`${name}: an unfinished answer has all its words, and nothing that says it was all`, async () => {
    const said = await ask(server.baseUrl('unfinished'), speaker);
    assert.equal(said.text, 'TASK COMPLETE: so it seems');
    assert.doesNotMatch(said.raw, ending);
  });

  test(`${name}: an empty and a truncated answer are well-formed`, async () => {
    const empty = await ask(server.baseUrl('empty'), speaker);
    assert.deepEqual([empty.status, empty.text, empty.command], [200, '', null]);
    const truncated = await ask(server.baseUrl('truncated'), speaker);
    assert.deepEqual([truncated.text, truncated.command], ['I will run a command.', null]);
    assert.match(truncated.raw, /max_tokens|max_output_tokens|"length"|MAX_TOKENS/);
  });
}

const errorCode: Record<Dialect['name'], (said: Said) => unknown> = {
  anthropic: (said) => at(JSON.parse(said.raw), 'error', 'type'),
  responses: (said) =>
    said.status === 200
      ? at(eventsOf(said.raw), 0, 'response', 'error', 'code')
      : at(JSON.parse(said.raw), 'error', 'code'),
  chat: (said) => at(JSON.parse(said.raw), 'error', 'code'),
  gemini: (said) => at(JSON.parse(said.raw), 'error', 'status'),
};

// Status and code of each refusal, as clients tell them apart.
const refusals: Record<Refusal, Record<Dialect['name'], [status: number, code: string]>> = {
  rate_limit: {
    anthropic: [429, 'rate_limit_error'],
    responses: [429, 'rate_limit_exceeded'],
    chat: [429, 'rate_limit_exceeded'],
    gemini: [429, 'RESOURCE_EXHAUSTED'],
  },
  usage_limit: {
    anthropic: [429, 'rate_limit_error'],
    responses: [429, 'usage_limit_reached'],
    chat: [429, 'usage_limit_reached'],
    gemini: [429, 'RESOURCE_EXHAUSTED'],
  },
  quota: {
    anthropic: [400, 'invalid_request_error'],
    responses: [200, 'insufficient_quota'],
    chat: [429, 'insufficient_quota'],
    gemini: [403, 'PERMISSION_DENIED'],
  },
  overloaded: {
    anthropic: [529, 'overloaded_error'],
    responses: [503, 'server_is_overloaded'],
    chat: [503, 'server_is_overloaded'],
    gemini: [503, 'UNAVAILABLE'],
  },
  server_error: {
    anthropic: [500, 'api_error'],
    responses: [500, 'server_error'],
    chat: [500, ''],
    gemini: [500, 'INTERNAL'],
  },
  unauthorized: {
    anthropic: [401, 'authentication_error'],
    responses: [401, 'invalid_api_key'],
    chat: [401, 'invalid_api_key'],
    gemini: [401, 'UNAUTHENTICATED'],
  },
  context: {
    anthropic: [400, 'invalid_request_error'],
    responses: [200, 'context_length_exceeded'],
    chat: [400, 'context_length_exceeded'],
    gemini: [400, 'INVALID_ARGUMENT'],
  },
};

for (const [kind, expected] of Object.entries(refusals) as [Refusal, (typeof refusals)[Refusal]][]) {
  test(`${kind} has the status and the code that each vendor gives it`, async () => {
    server.scenario('refused', always({ say: 'No.', faults: [{ kind, times: forEver }] }));
    for (const [name, speaker] of entries) {
      const said = await ask(server.baseUrl('refused'), speaker);
      assert.deepEqual([said.status, errorCode[name](said)], expected[name], name);
    }
  });
}

test('a usage limit tells when it ends in the way of its vendor', async () => {
  server.scenario('limited', always({ faults: [{ kind: 'usage_limit', times: forEver, resetsIn: 1800 }] }));
  const now = Math.floor(Date.now() / 1000);
  const soon = (value: unknown): void =>
    assert.ok(
      Number(value) >= now + 1800 && Number(value) < now + 1900,
      `${String(value)} is not in half an hour`,
    );
  const said = await Promise.all(entries.map(([, speaker]) => ask(server.baseUrl('limited'), speaker)));
  const [claude, codex, chat, gemini] = said as [Said, Said, Said, Said];
  assert.equal(claude.headers.get('anthropic-ratelimit-unified-status'), 'rejected');
  soon(claude.headers.get('anthropic-ratelimit-unified-reset'));
  soon(at(JSON.parse(codex.raw), 'error', 'resets_at'));
  assert.equal(codex.headers.get('x-codex-primary-used-percent'), '100');
  assert.equal(chat.headers.get('retry-after'), '1800');
  assert.match(gemini.raw, /PerDay.*"retryDelay":"1800s"/);
});

test('retry-after is given only where the scenario has it', async () => {
  const headers = async (scenario: string) =>
    (await ask(server.baseUrl(scenario), speakers.chat)).headers.get('retry-after');
  assert.deepEqual([await headers('rate-limit'), await headers('rate-limit-no-hint')], ['1', null]);
});

test('a case is chosen by the text of the prompt, and counts its own requests', async () => {
  server.scenario('two', [
    {
      when: 'add.js',
      turns: [{ run: 'fix add', faults: [{ kind: 'rate_limit' }] }, { say: 'TASK COMPLETE: add' }],
    },
    { when: 'sub.js', turns: commands(['fix sub'], 'TASK COMPLETE: sub') },
  ]);
  const base = server.baseUrl('two');
  const [sub, refused, add, none] = [
    await ask(base, speakers.chat, { prompt: 'mend sub.js' }),
    await ask(base, speakers.chat, { prompt: 'mend add.js' }),
    await ask(base, speakers.chat, { prompt: 'mend add.js' }),
    await ask(base, speakers.chat, { prompt: 'mend mul.js' }),
  ];
  assert.deepEqual([sub.command, refused.status, add.command], ['fix sub', 429, 'fix add']);
  assert.match(none.text, /nothing for me to do/);
});

test('a mark in the prompt says more than the address', async () => {
  const said = await ask(server.baseUrl('write'), speakers.gemini, { prompt: 'Hi [[scenario:hello]]' });
  assert.equal(said.text, 'You said: Hi [[scenario:hello]]');
});

test('the model asks for leave where the tool has a word for it', async () => {
  const body = speakers.responses.body('Do it.', 0, false);
  const properties = { cmd: { type: 'string' }, sandbox_permissions: { type: 'string' } };
  const tools = [{ type: 'function', name: 'exec_command', parameters: { type: 'object', properties } }];
  const reply = await fetch(`${server.baseUrl('permission')}/v1/responses`, {
    method: 'POST',
    body: JSON.stringify({ ...body, tools }),
  });
  const input = JSON.parse(String(at(await reply.json(), 'output', 1, 'arguments')));
  assert.deepEqual([input.cmd.slice(0, 6), input.sandbox_permissions], ['printf', 'require_escalated']);
});

test('a slow answer comes in pieces with pauses', async () => {
  server.scenario('paced', always({ say: 'one two three', pace: 30 }));
  const started = performance.now();
  const said = await ask(server.baseUrl('paced'), speakers.chat);
  assert.equal(said.text, 'one two three');
  assert.ok(performance.now() - started > 100);
});

test('codex in code mode is given a program for its one tool', async () => {
  const reply = await fetch(`${server.baseUrl('write')}/v1/responses`, {
    method: 'POST',
    body: JSON.stringify({
      model: 'm',
      stream: true,
      input: [
        {
          type: 'additional_tools',
          tools: [{ type: 'namespace', tools: [{ type: 'custom', name: 'exec' }] }],
        },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Do it.' }] },
      ],
    }),
  });
  const items = eventsOf(await reply.text()).filter((event) => event['type'] === 'response.output_item.done');
  assert.deepEqual(
    [at(items, 1, 'item', 'type'), at(items, 1, 'item', 'name')],
    ['custom_tool_call', 'exec'],
  );
  assert.match(
    String(at(items, 1, 'item', 'input')),
    /^const r = await tools\.exec_command\(\{"cmd":"printf/,
  );
});

test('what clients ask besides is answered and logged, without their secrets', async () => {
  const base = server.baseUrl('hello');
  const head = await fetch(`${base}/api/hello`, {
    method: 'HEAD',
    headers: { authorization: 'Bearer s3cret' },
  });
  const count = await fetch(`${base}/v1/messages/count_tokens`, { method: 'POST', body: '{}' });
  const models = await fetch(`${base}/v1/models`, { headers: { 'anthropic-version': '2023-06-01' } });
  const unknown = await fetch(`${base}/nowhere`);
  assert.deepEqual([head.status, count.status, models.status, unknown.status], [200, 200, 200, 404]);
  assert.equal(at(await models.json(), 'data', 0, 'type'), 'model');
  const logged = server.log.all.filter((request) => request.path.startsWith('/s/hello/'));
  assert.ok(logged.some((request) => request.outcome === 'aside' && request.method === 'HEAD'));
  assert.ok(logged.some((request) => request.outcome === 'unknown'));
  assert.doesNotMatch(JSON.stringify(server.log.all), /s3cret/);
});

test('a scenario that nobody registered is refused, not invented', async () => {
  assert.equal((await ask(server.baseUrl('no-such'), speakers.chat)).status, 404);
});
