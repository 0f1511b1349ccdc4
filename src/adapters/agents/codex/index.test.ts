import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialogAgentContract } from '../../../../test/contracts/dialog-agent.contract.ts';
import { recordedOutput, recordedVersions } from '../../../../test/support/recorded-output.ts';
import { codexAgent } from './index.ts';

for (const version of recordedVersions('codex')) {
  dialogAgentContract(codexAgent, recordedOutput(`codex/${version}/permission-allowed`));
}

describe('codex with a thread of before', () => {
  const takesUp = { conversation: 'old-thread', spent: { tokens: null, costUsd: null } };
  const { state } = codexAgent.begin({ workspace: '/w', model: null, permissions: 'ask', takesUp });
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const greeting = line({ id: 'initialize', result: {} });
  const told = (inputTokens: number, outputTokens: number): string => {
    const total = { inputTokens, cachedInputTokens: 0, outputTokens };
    return line({ method: 'thread/tokenUsage/updated', params: { tokenUsage: { total } } });
  };
  const opened = (id: string, thread: string): string => line({ id, result: { thread: { id: thread } } });
  const begun = line({ id: 'm', result: { turn: { id: 'turn' } } });

  test('goes on with it in the directory of now', () => {
    const { replies } = codexAgent.interpret(greeting, state);
    const { method, params } = JSON.parse(replies[1] ?? '');
    assert.deepEqual([method, params.threadId, params.cwd], ['thread/resume', 'old-thread', '/w']);
    const seen = codexAgent.interpret(greeting + opened('resume', 'old-thread'), state);
    assert.deepEqual(seen.observations, [{ kind: 'conversation', id: 'old-thread' }]);
    assert.match(codexAgent.encode({ kind: 'message', id: 'm', text: 'x' }, seen.state) ?? '', /old-thread/);
  });

  test('begins a new one where it does not know that one', () => {
    const gone = line({ id: 'resume', error: { code: -32600, message: 'no rollout found for thread id …' } });
    const { replies, observations } = codexAgent.interpret(greeting + gone, state);
    assert.equal(JSON.parse(replies[2] ?? '').method, 'thread/start');
    assert.deepEqual(
      observations.map(({ kind }) => kind),
      ['line'],
    );
    const seen = codexAgent.interpret(greeting + gone + opened('thread', 'new-thread'), state);
    assert.deepEqual(seen.observations.at(-1), { kind: 'conversation', id: 'new-thread' });
  });

  test('counts what this session used, not what was used before', () => {
    const stream = greeting + opened('resume', 'old-thread') + told(1000, 50) + begun + told(1300, 70);
    const [used, ...more] = codexAgent
      .interpret(stream, state)
      .observations.flatMap((seen) => (seen.kind === 'usage' ? [seen.usage] : []));
    assert.deepEqual(more, []);
    assert.deepEqual(used?.tokens, { input: 300, cached: 0, output: 20 });
  });
});

describe('codex that sets other agents to work', () => {
  const { state } = codexAgent.begin({ workspace: '/w', model: null, permissions: 'ask' });
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const of = (threadId: string, method: string, more: object): string =>
    line({ method, params: { threadId, ...more } });
  const item = { type: 'agentMessage', text: 'TASK COMPLETE: a part' };
  const total = { inputTokens: 900, cachedInputTokens: 0, outputTokens: 9 };
  const other =
    line({ method: 'thread/started', params: { thread: { id: 'other' } } }) +
    of('other', 'turn/started', { turn: { id: 'o1' } }) +
    of('other', 'item/completed', { item }) +
    of('other', 'thread/tokenUsage/updated', { tokenUsage: { total } }) +
    of('other', 'error', { error: { message: 'm' }, willRetry: true }) +
    of('other', 'turn/completed', { turn: { id: 'o1', status: 'completed' } });
  const begun =
    line({ id: 'thread', result: { thread: { id: 'ours' } } }) +
    of('ours', 'turn/started', { turn: { id: 't1' } });

  test('is not over when one of those is, and talks on in its own thread', () => {
    const alone = codexAgent.interpret(begun, state);
    const both = codexAgent.interpret(begun + other, state);
    assert.deepEqual(both.observations, alone.observations);
    const message = codexAgent.encode({ kind: 'message', id: 'm', text: 'x' }, both.state) ?? '';
    assert.partialDeepStrictEqual(JSON.parse(message), {
      method: 'turn/steer',
      params: { threadId: 'ours', expectedTurnId: 't1' },
    });
  });

  test('shows the questions of those too', () => {
    const question = line({
      id: 3,
      method: 'item/commandExecution/requestApproval',
      params: { threadId: 'other', command: 'ls' },
    });
    const resolved = of('other', 'serverRequest/resolved', { requestId: 3 });
    const { observations } = codexAgent.interpret(begun + question + resolved, state);
    assert.deepEqual(
      observations.slice(-2).map(({ kind }) => kind),
      ['permission', 'settled'],
    );
  });
});

describe('codex that asks', () => {
  const { state } = codexAgent.begin({ workspace: '/w', model: null, permissions: 'ask' });
  const answers = (method: string, params: object): unknown[] => {
    const seen = codexAgent.interpret(`${JSON.stringify({ id: 7, method, params })}\n`, state);
    return [true, false].map((allow) => {
      const line = codexAgent.encode({ kind: 'answer', request: '7', allow, reason: '' }, seen.state);
      return JSON.parse(line ?? '').result;
    });
  };

  test('for leave is told a decision, and for permissions what it is granted', () => {
    const decisions = [{ decision: 'accept' }, { decision: 'decline' }];
    assert.deepEqual(answers('item/commandExecution/requestApproval', { command: 'ls' }), decisions);
    assert.deepEqual(answers('item/fileChange/requestApproval', {}), decisions);
    const network = { enabled: true };
    const params = { reason: 'to install', permissions: { network, fileSystem: null } };
    assert.deepEqual(answers('item/permissions/requestApproval', params), [
      { permissions: { network }, scope: 'turn' },
      { permissions: {}, scope: 'turn' },
    ]);
  });

  test('shows people what it wants to be granted', () => {
    const permissions = { network: { enabled: true }, fileSystem: null };
    const params = { reason: 'to install', permissions };
    const question = { id: 7, method: 'item/permissions/requestApproval', params };
    const [asked] = codexAgent.interpret(`${JSON.stringify(question)}\n`, state).observations;
    assert.ok(asked?.kind === 'permission');
    assert.equal(asked.request.title, 'Work outside of its sandbox: to install {"network":{"enabled":true}}');
  });
});
