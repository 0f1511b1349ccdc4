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
