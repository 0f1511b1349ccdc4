import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialogAgentContract } from '../../../../test/contracts/dialog-agent.contract.ts';
import { recordedOutput, recordedVersions } from '../../../../test/support/recorded-output.ts';
import { claudeCodeAgent } from './index.ts';

for (const version of recordedVersions('claude-code')) {
  dialogAgentContract(claudeCodeAgent, recordedOutput(`claude-code/${version}/permission-allowed`));
}

describe('claude with a conversation of before', () => {
  const spent = { tokens: { input: 4468, cached: 4000, output: 112 }, costUsd: 0.5 };
  const opening = { workspace: '/w', model: null, permissions: 'ask' } as const;
  const { state } = claudeCodeAgent.begin({ ...opening, takesUp: { conversation: 'old', spent } });
  const ending = (value: object): string => `${JSON.stringify({ type: 'result', ...value })}\n`;
  const used = (inputTokens: number, outputTokens: number, total_cost_usd: number): string =>
    ending({ total_cost_usd, modelUsage: { m: { inputTokens, outputTokens, cacheReadInputTokens: 4000 } } });
  const usageOf = (stream: string) =>
    claudeCodeAgent
      .interpret(stream, state)
      .observations.flatMap((seen) => (seen.kind === 'usage' ? [seen.usage] : []));

  test('is started to go on with it', () => {
    const spec = {
      ...opening,
      prompt: '',
      promptFile: '',
      dir: '/d',
      environment: {},
      command: null,
      script: null,
    };
    const argv = claudeCodeAgent.launch({
      ...spec,
      takesUp: { conversation: 'old', spent: { tokens: null, costUsd: null } },
    }).argv;
    assert.deepEqual(argv.slice(-2), ['--resume', 'old']);
    assert.ok(!claudeCodeAgent.launch(spec).argv.includes('--resume'));
  });

  test('counts what this session used, where its own count goes on and where it began anew', () => {
    const own = { tokens: { input: 300, cached: 0, output: 20 }, costUsd: 0.25 };
    assert.deepEqual(usageOf(used(768, 132, 0.75)), [own]);
    assert.deepEqual(usageOf(used(300, 20, 0.25))[0]?.tokens, { input: 4300, cached: 4000, output: 20 });
  });

  test('tells one that is gone from every other failure', () => {
    const gone = { is_error: true, subtype: 'error_during_execution', num_turns: 0 };
    const errors = ['No conversation found with session ID: old'];
    const classOf = (value: object) => {
      const end = claudeCodeAgent.interpret(ending(value), state).observations.at(-1);
      return end?.kind === 'turn_ended' && end.outcome === 'failed' ? end.failure.class : null;
    };
    assert.equal(classOf({ ...gone, errors }), 'conversation_gone');
    assert.equal(classOf({ ...gone, errors, num_turns: 2 }), 'other', 'it has worked');
    assert.equal(classOf({ ...gone, errors: ['another'] }), 'other');
  });
});
