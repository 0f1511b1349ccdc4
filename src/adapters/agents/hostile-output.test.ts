// What no client at work prints, and one that was turned against us may.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maxLineLength } from '../../lib/line-buffer.ts';
import type { Agent, Observation } from '../../ports/agent.ts';
import { findAgent } from '../registry.ts';
import { failureOf as ofAcp } from './acp/failure.ts';
import { failureOf as ofClaude } from './claude-code/failure.ts';
import { failureOf as ofCodex } from './codex/failure.ts';
import { failureOf as ofPi } from './pi/failure.ts';

const opening = { workspace: '/w', model: null, permissions: 'ask' } as const;
const line = (value: object): string => `${JSON.stringify(value)}\n`;
const rpc = (value: object): string => line({ jsonrpc: '2.0', ...value });
const acpUpdate = (update: object): string =>
  rpc({ method: 'session/update', params: { sessionId: 's', update } });

interface Client {
  /** What opens its conversation. */
  opened: string;
  says(text: string): string;
  asks(id: number): string;
  fails(name: string): string;
}

const clients: Readonly<Record<string, Client>> = {
  'claude-code': {
    opened: '',
    says: (text) => line({ type: 'assistant', message: { content: [{ type: 'text', text }] } }),
    asks: (id) => {
      const request = { subtype: 'can_use_tool', tool_name: 'Bash', input: { command: 'ls' } };
      return line({ type: 'control_request', request_id: `r${id}`, request });
    },
    fails: (error) => line({ type: 'assistant', error }) + line({ type: 'result', is_error: true }),
  },
  codex: {
    opened: rpc({ id: 'thread', result: { thread: { id: 't' } } }),
    says: (text) => rpc({ method: 'item/completed', params: { item: { type: 'agentMessage', text } } }),
    asks: (id) => rpc({ id, method: 'item/commandExecution/requestApproval', params: { command: 'ls' } }),
    fails: (codexErrorInfo) => {
      const turn = { id: 't', status: 'failed', error: { message: 'm', codexErrorInfo } };
      return rpc({ method: 'turn/completed', params: { turn } });
    },
  },
  kimi: {
    opened: rpc({ id: 1, result: {} }) + rpc({ id: 2, result: { sessionId: 's' } }),
    says: (text) => acpUpdate({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
    asks: (id) => {
      const options = [{ optionId: 'no', kind: 'reject_once' }];
      return rpc({ id, method: 'session/request_permission', params: { options } });
    },
    fails: (errorName) => rpc({ id: 'm', error: { code: -32_603, data: { errorName, message: 'm' } } }),
  },
  opencode: {
    opened: rpc({ id: 1, result: {} }) + rpc({ id: 2, result: { sessionId: 's' } }),
    says: (text) => acpUpdate({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
    asks: (id) => rpc({ id, method: 'session/request_permission', params: { options: [] } }),
    fails: (code) => {
      const text = JSON.stringify({ error: { code, message: 'm' } });
      return line({ ao: 'answer', at: 1, status: 400, text }) + rpc({ id: 'm', error: { code: 1 } });
    },
  },
  pi: {
    opened: '',
    says: (text) => {
      const content = text.split('\n').map((each) => ({ type: 'text', text: each }));
      return line({ type: 'message_end', message: { role: 'assistant', content } });
    },
    asks: (id) => line({ type: 'extension_ui_request', id: `r${id}`, method: 'confirm', title: 'ls' }),
    fails: (code) => {
      const errorMessage = `400: ${JSON.stringify({ error: { code, message: 'm' } })}`;
      const message = { role: 'assistant', stopReason: 'error', errorMessage };
      return line({ type: 'message_end', message }) + line({ type: 'agent_settled' });
    },
  },
};

for (const [name, client] of Object.entries(clients)) {
  describe(`${name}, turned against us`, () => {
    const agent: Agent = findAgent(name);
    const read = (output: string) =>
      agent.interpret(output, agent.interpret(client.opened, agent.begin(opening).state).state);
    const texts = (seen: readonly Observation[]): string[] =>
      seen.flatMap((each) => (each.kind === 'line' || each.kind === 'claim' ? [each.text] : []));

    test('says so many lines at once that no function takes them as arguments', () => {
      const { observations } = read(client.says('a line\n'.repeat(200_000)));
      assert.ok(observations.length > 0);
      assert.doesNotThrow(() => read(`{}\n`.repeat(200_000)));
    });

    test('says lines of any length: people are shown their beginnings', () => {
      const long = `TASK COMPLETE: ${'x'.repeat(1 << 20)}`;
      const { observations } = read(`${long}\n${client.says(`${long}\n`)}`);
      assert.ok(texts(observations).some((text) => text.startsWith('TASK COMPLETE: xxx')));
      for (const text of texts(observations)) assert.ok(text.length <= maxLineLength);
    });

    test('says something so deep that nobody could write it down again', () => {
      const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
      const lines = [
        deep,
        `{"id":5,"method":"other/x","params":${deep}}`,
        `{"id":5,"method":"item/permissions/requestApproval","params":{"permissions":{"x":${deep}}}}`,
        `{"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","input":${deep}}}`,
      ];
      const { state, observations } = read(`${lines.join('\n')}\n`);
      assert.ok(JSON.stringify([state, observations]).length < 10_000);
    });

    test('asks without end: what is more than a person can answer is refused at once', () => {
      const { state, observations, replies } = read(
        Array.from({ length: 1000 }, (_, id) => client.asks(id + 10)).join(''),
      );
      const open = observations.filter(({ kind }) => kind === 'permission').length;
      assert.ok(open >= 50 && open <= 100, `${open}`);
      assert.equal(open + replies.length, 1000);
      assert.ok(JSON.stringify(state).length < 100_000);
    });

    for (const word of ['constructor', '__proto__', 'toString']) {
      test(`calls its failure “${word}”: that is no class of ours`, () => {
        const end = read(client.fails(word)).observations.findLast(({ kind }) => kind === 'turn_ended');
        assert.ok(end?.kind === 'turn_ended' && end.outcome === 'failed');
        assert.equal(typeof end.failure.class, 'string');
      });
    }
  });
}

test('words without the end of a line are kept up to its longest, however many there are', () => {
  const agent = findAgent('kimi');
  const client = clients['kimi'];
  assert.ok(client);
  let { state } = agent.interpret(client.opened, agent.begin(opening).state);
  const chunk = client.says('x'.repeat(1000));
  for (let times = 0; times < 200; times += 1) ({ state } = agent.interpret(chunk, state));
  assert.ok(JSON.stringify(state).length < 2 * maxLineLength);
});

test('a reason of any length is told apart by its beginning, at once', () => {
  const begun = performance.now();
  for (const words of ['insufficient ', "you've hit your ", 'token count ', 'context ', '4']) {
    const long = words.repeat(200_000);
    const text = JSON.stringify({ error: { message: long } });
    for (const failure of [
      ofClaude({ result: long }, '', null),
      ofCodex({ message: long }, null),
      ofAcp({ message: long }),
      ofPi({ error: long, at: 0, retryAfter: '' }),
      ofPi({ error: `400: ${text}`, at: 0, retryAfter: '' }),
    ]) {
      assert.ok(
        failure.message.length > 1000 && failure.message.length <= 4096,
        failure.message.slice(0, 99),
      );
    }
  }
  assert.ok(performance.now() - begun < 10_000);
});

test('opencode in a terminal sets agents to work without end: the latest of them are known', () => {
  const terminal = findAgent('opencode').terminal;
  assert.ok(terminal);
  const created = Array.from({ length: 5000 }, (_, id) =>
    line({ event: 'session.created', sessionID: `s${id}`, info: { id: `s${id}`, parentID: 'p' } }),
  );
  const { state } = terminal.interpret(created.join(''), terminal.begin());
  assert.ok(JSON.stringify(state).length < 10_000);
  const idle = (id: string) => line({ event: 'text', sessionID: id, text: 'a word' });
  assert.deepEqual(terminal.interpret(idle('s4999'), state).observations, []);
  assert.equal(terminal.interpret(idle('ours'), state).observations.length, 1);
});
