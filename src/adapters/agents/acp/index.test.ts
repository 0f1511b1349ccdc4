import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialogAgentContract } from '../../../../test/contracts/dialog-agent.contract.ts';
import { recordedOutput } from '../../../../test/support/recorded-output.ts';
import type { Agent } from '../../../ports/agent.ts';
import { findAgent } from '../../registry.ts';
import { anyAcpAgent } from './index.ts';

const asking = recordedOutput('opencode/1.18.33/permission-unanswered');
dialogAgentContract(anyAcpAgent, asking);

describe('an agent of the Agent Client Protocol', () => {
  const begun = (permissions: 'ask' | 'yolo') =>
    anyAcpAgent.interpret(asking, anyAcpAgent.begin({ workspace: '/w', model: null, permissions }).state);
  const question = (seen: ReturnType<typeof begun>): string => {
    const found = seen.observations.find(({ kind }) => kind === 'permission');
    assert.ok(found?.kind === 'permission');
    return found.request.id;
  };

  test('is answered by the kind of an option, whatever the options are called', () => {
    const seen = begun('ask');
    const answer = (allow: boolean) =>
      JSON.parse(
        anyAcpAgent.encode({ kind: 'answer', request: question(seen), allow, reason: '' }, seen.state) ?? '',
      ).result.outcome;
    assert.deepEqual(answer(true), { outcome: 'selected', optionId: 'once' });
    assert.deepEqual(answer(false), { outcome: 'selected', optionId: 'reject' });
  });

  for (const recording of ['permission-allowed', 'permission-denied']) {
    test(`of which the tool is over has its question answered before its turn ends: ${recording}`, () => {
      // gemini says nothing of a tool that it was refused.
      const agents = ['gemini/0.61.0', 'kimi/2.1.0', 'qwen/0.24.4', 'opencode/1.18.33', 'kilocode/7.7.7'];
      for (const agent of recording === 'permission-denied' ? agents.slice(1) : agents) {
        let { state } = anyAcpAgent.begin({ workspace: '/w', model: null, permissions: 'ask' });
        const lines = recordedOutput(`${agent}/${recording}`).split('\n');
        const steps = lines.map((line) => {
          const step = anyAcpAgent.interpret(`${line}\n`, state);
          ({ state } = step);
          return step.observations.map(({ kind }) => kind);
        });
        const at = (kind: string): number => steps.findIndex((kinds) => kinds.some((each) => each === kind));
        assert.ok(at('permission') >= 0 && at('permission') < at('settled'), agent);
        assert.ok(at('settled') < at('turn_ended'), agent);
      }
    });
  }

  test('says nothing in the name of another session', () => {
    const opened = begun('ask').state;
    const content = { type: 'text', text: 'TASK COMPLETE: of another\n' };
    const update = { sessionUpdate: 'agent_message_chunk', content };
    const params = { sessionId: 'another', update };
    const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params })}\n`;
    assert.deepEqual(anyAcpAgent.interpret(line, opened).observations, []);
  });

  test('is allowed everything at once where a person said so', () => {
    const seen = begun('yolo');
    assert.equal(seen.observations.filter(({ kind }) => kind === 'permission').length, 0);
    assert.match(seen.replies.at(-1) ?? '', /"optionId":"once"/);
  });

  test('takes no message while it answers, and one before it has not begun', () => {
    const message = { kind: 'message', id: 'm', text: 'x' } as const;
    assert.equal(anyAcpAgent.encode(message, begun('ask').state), null);
    assert.equal(
      anyAcpAgent.encode(
        message,
        anyAcpAgent.begin({ workspace: '/w', model: null, permissions: 'ask' }).state,
      ),
      null,
    );
  });

  test('is asked for the model that a person wants before it is told anything', () => {
    const any: Agent = anyAcpAgent;
    const line = (value: object): string => `${JSON.stringify(value)}\n`;
    const opened = (agent: Agent, result: object, ...more: object[]) => {
      const opening = { workspace: '/w', model: 'large', permissions: 'ask' } as const;
      const output = [{ id: 1, result: {} }, { id: 2, result: { sessionId: 's', ...result } }, ...more];
      return agent.interpret(output.map(line).join(''), agent.begin(opening).state);
    };
    const asked = (agent: Agent, result: object) => JSON.parse(opened(agent, result).replies.at(-1) ?? '');
    assert.partialDeepStrictEqual(asked(any, { configOptions: [{ id: 'model' }] }), {
      method: 'session/set_config_option',
      params: { sessionId: 's', configId: 'model', value: 'large' },
    });
    assert.partialDeepStrictEqual(asked(any, { models: { currentModelId: 'small' } }), {
      method: 'session/set_model',
      params: { sessionId: 's', modelId: 'large' },
    });
    assert.equal(asked(findAgent('gemini'), {}).method, 'session/new');
    const message = { kind: 'message', id: 'm', text: 'x' } as const;
    const waiting = opened(any, {});
    assert.equal(any.encode(message, waiting.state), null);
    const set = opened(any, {}, { id: 'model', result: {} });
    assert.notEqual(any.encode(message, set.state), null);
    const refused = opened(any, {}, { id: 'model', error: { code: -32_602, message: 'no model large' } });
    assert.partialDeepStrictEqual(refused.observations.at(-1), {
      outcome: 'failed',
      failure: { message: 'no model large' },
    });
    assert.equal(any.encode(message, refused.state), null);
  });

  test('is each of those that people have, under its own name and others', () => {
    const spec = {
      prompt: '',
      promptFile: '',
      workspace: '/w',
      dir: '/d',
      environment: {},
      command: null,
      script: null,
      model: null,
    } as const;
    for (const [name, program] of [
      ['kimi', 'kimi'],
      ['kimicode', 'kimi'],
      ['kilocode', 'kilo'],
      ['opencode', 'opencode'],
      ['gemini', 'gemini'],
      ['qwen', 'qwen'],
    ] as const) {
      assert.equal(findAgent(name).launch({ ...spec, permissions: 'ask' }).argv[0], program);
    }
  });

  test('that keeps its failures to itself is given a witness for this session, beside what the user set', () => {
    const launch = (name: string, environment: Record<string, string>) =>
      findAgent(name).launch({
        prompt: '',
        promptFile: '',
        workspace: '/w',
        dir: '/d x',
        environment,
        command: null,
        script: null,
        model: null,
        permissions: 'ask',
      });
    const url = 'file:///d%20x/witness.mjs';
    const kimi = launch('kimi', { NODE_OPTIONS: '--no-warnings' });
    assert.equal(kimi.env['NODE_OPTIONS'], '--no-warnings --require="/d x/witness.cjs"');
    assert.deepEqual(
      kimi.files?.map((file) => file.path),
      ['/d x/witness.cjs'],
    );
    const own = { OPENCODE_CONFIG_CONTENT: '{"model":"a/b","plugin":["mine"]}' };
    const settings = JSON.parse(launch('opencode', own).env['OPENCODE_CONFIG_CONTENT'] ?? '');
    assert.deepEqual(settings, { model: 'a/b', plugin: ['mine', url] });
    assert.deepEqual(JSON.parse(launch('kilocode', {}).env['KILO_CONFIG_CONTENT'] ?? ''), { plugin: [url] });
  });

  test('keeps settings that are not ours to read as they are', () => {
    const spec = {
      prompt: '',
      promptFile: '',
      workspace: '/w',
      dir: '/d',
      command: null,
      script: null,
    } as const;
    const environment = { OPENCODE_CONFIG_CONTENT: '{"model": "a/b", // mine' };
    const { env } = findAgent('opencode').launch({ ...spec, environment, model: null, permissions: 'ask' });
    assert.equal(env['OPENCODE_CONFIG_CONTENT'], undefined);
  });
});

describe('an agent of that protocol with a session of before', () => {
  const takesUp = { conversation: 'old', spent: { tokens: null, costUsd: null } };
  const { state } = anyAcpAgent.begin({ workspace: '/w', model: null, permissions: 'ask', takesUp });
  const line = (value: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...value })}\n`;
  const greeting = (agentCapabilities: object): string =>
    line({ id: 'initialize', result: { agentCapabilities } });
  const resuming = greeting({ loadSession: true, sessionCapabilities: { resume: {} } });
  const loading = greeting({ loadSession: true });
  const read = (stream: string) => anyAcpAgent.interpret(stream, state);
  const methods = (stream: string): unknown[] =>
    read(stream).replies.map((reply) => JSON.parse(reply).method);

  test('goes on with it in the way that it offers', () => {
    assert.deepEqual(methods(resuming), ['session/resume']);
    assert.deepEqual(methods(loading), ['session/load']);
    assert.deepEqual(methods(greeting({})), ['session/new']);
    const { params } = JSON.parse(read(loading).replies[0] ?? '');
    assert.deepEqual(params, { sessionId: 'old', cwd: '/w', mcpServers: [] });
    const opened = read(resuming + line({ id: 'resume', result: {} }));
    assert.deepEqual(opened.observations, [{ kind: 'conversation', id: 'old' }]);
    assert.match(
      anyAcpAgent.encode({ kind: 'message', id: 'm', text: 'x' }, opened.state) ?? '',
      /"sessionId":"old"/,
    );
  });

  test('does not take what is said of before for an answer', () => {
    const content = { type: 'text', text: 'TASK COMPLETE: of before' };
    const update = { sessionUpdate: 'agent_message_chunk', content };
    const old = line({ method: 'session/update', params: { sessionId: 'old', update } });
    assert.deepEqual(read(loading + old + line({ id: 'resume', result: {} })).observations, [
      { kind: 'conversation', id: 'old' },
    ]);
  });

  test('begins a new one where it does not know that one', () => {
    const gone = line({ id: 'resume', error: { code: -32602, message: 'Unknown sessionId' } });
    assert.deepEqual(methods(resuming + gone), ['session/resume', 'session/new']);
    const opened = read(resuming + gone + line({ id: 'session', result: { sessionId: 'new' } }));
    assert.deepEqual(opened.observations.at(-1), { kind: 'conversation', id: 'new' });
    const unnamed = read(resuming + gone + line({ id: 'session', result: {} })).observations.at(-1);
    assert.equal(unnamed?.kind === 'turn_ended' && unnamed.outcome, 'failed');
  });
});
