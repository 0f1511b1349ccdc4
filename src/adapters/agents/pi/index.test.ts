import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialogAgentContract } from '../../../../test/contracts/dialog-agent.contract.ts';
import { recordedOutput, recordedVersions } from '../../../../test/support/recorded-output.ts';
import type { LaunchSpec } from '../../../ports/agent.ts';
import { piAgent } from './index.ts';

for (const version of recordedVersions('pi')) {
  dialogAgentContract(piAgent, recordedOutput(`pi/${version}/permission-allowed`));
}

const takesUp = { conversation: 'old', spent: { tokens: null, costUsd: null } };
const line = (value: object): string => `${JSON.stringify(value)}\n`;

function after(output: string, permissions: LaunchSpec['permissions'] = 'ask') {
  const { state } = piAgent.begin({ workspace: '/w', model: null, permissions, takesUp });
  return piAgent.interpret(output, state);
}

function launch(more: Partial<LaunchSpec>) {
  const paths = { promptFile: '/s/TASK.md', workspace: '/w', dir: '/s' };
  const none = { command: null, script: null, model: null, environment: {} };
  return piAgent.launch({ prompt: 'Fix it.', ...paths, ...none, permissions: 'ask', ...more });
}

const begun = line({ type: 'agent_start' });
const settled = line({ type: 'agent_settled' });

describe('pi', () => {
  test('gets a copy of the conversation that it goes on with, and says where that is gone', () => {
    const { argv } = launch({ takesUp, model: 'a/b' });
    assert.deepEqual(argv.slice(-6), ['--model', 'a/b', '--fork', 'old', '--session-id', 'old']);
    const [shown, end] = after("\u001b[31mNo session found matching 'old'\u001b[39m\n").observations;
    assert.equal(shown?.kind, 'line');
    assert.ok(end?.kind === 'turn_ended' && end.outcome === 'failed');
    assert.equal(end.failure.class, 'conversation_gone');
  });

  test('has a companion that asks, but not where all is allowed', () => {
    const [asking, yolo] = (['ask', 'yolo'] as const).map((permissions) => launch({ permissions }));
    assert.match(asking?.files?.[0]?.text ?? '', /"asking":true/);
    assert.match(yolo?.files?.[0]?.text ?? '', /"asking":false/);
    assert.equal(asking?.argv.at(-1), asking?.files?.[0]?.path);
  });

  test('takes what begins with a slash for a message', () => {
    const told = piAgent.encode({ kind: 'message', id: 'm', text: '/new start' }, after('').state);
    assert.equal(JSON.parse(told ?? '').message, ' /new start');
  });

  test('is answered by the person, with the reason of a refusal', () => {
    const asks = { type: 'extension_ui_request', id: 'q', method: 'input', title: 'bash: npm test' };
    const { state, observations } = after(line({ ...asks, placeholder: 'ao:call' }));
    assert.deepEqual(observations, [{ kind: 'permission', request: { id: 'q', title: 'bash: npm test' } }]);
    const answer = (allow: boolean) =>
      JSON.parse(piAgent.encode({ kind: 'answer', request: 'q', allow, reason: 'Not now.' }, state) ?? '{}');
    assert.deepEqual([answer(true).value, answer(false).value], ['allow', 'deny Not now.']);
    const over = { type: 'extension_ui_request', id: 's', method: 'setStatus', statusKey: 'ao.settled' };
    assert.deepEqual(piAgent.interpret(line({ ...over, statusText: 'call' }), state).observations, [
      { kind: 'settled', request: 'q' },
    ]);
  });

  test('is held up by no question of a strange extension', () => {
    const asks = (method: string) => line({ type: 'extension_ui_request', id: 'q', method, title: 'Sure?' });
    assert.equal(after(asks('confirm')).observations[0]?.kind, 'permission');
    assert.deepEqual(after(asks('confirm'), 'yolo').replies.map(confirmed), [true]);
    assert.match(after(asks('select')).replies[0] ?? '', /"cancelled":true/);
  });

  test('refuses a message that it cannot work on, and the turn has failed', () => {
    const error = 'No API key found for openai.';
    const refused = line({ type: 'response', id: 'm', command: 'prompt', success: false, error });
    const [refusal, end] = after(refused).observations;
    assert.deepEqual(refusal, { kind: 'refused', message: 'm', text: error });
    assert.ok(end?.kind === 'turn_ended' && end.outcome === 'failed');
    assert.equal(end.failure.class, 'authentication');
    assert.deepEqual(
      after(begun + refused).observations.map(({ kind }) => kind),
      ['turn_started', 'refused'],
    );
  });

  test('was interrupted also where it calls that an error, as behind a tool', () => {
    const ended = (stopReason: string, errorMessage: string) => {
      const message = { role: 'assistant', stopReason, errorMessage };
      return after(begun + line({ type: 'message_end', message }) + settled).observations.at(-1);
    };
    for (const [reason, words] of [
      ['aborted', 'Request was aborted.'],
      ['error', 'This operation was aborted'],
    ] as const)
      assert.deepEqual(ended(reason, words), { kind: 'turn_ended', outcome: 'interrupted' });
  });

  test('lets go of a retry when a person wants that, and when its model is away for long', () => {
    const tries = (retryAfter: string): string => {
      const body = '{"type":"usage_limit_reached","message":"The usage limit has been reached"}';
      const message = { role: 'assistant', stopReason: 'error', errorMessage: `429: ${body}`, timestamp: 1 };
      const status = { type: 'extension_ui_request', method: 'setStatus', statusKey: 'ao.refused' };
      return [
        begun,
        line({ ...status, statusText: retryAfter }),
        line({ type: 'message_end', message }),
        line({ type: 'auto_retry_start', delayMs: 2000, errorMessage: message.errorMessage }),
        line({ type: 'auto_retry_end', success: false, finalError: 'Retry cancelled' }),
        settled,
      ].join('');
    };
    const [short, long] = [after(tries('10')), after(tries('3600').repeat(2))];
    const delays = short.observations.flatMap((seen) => (seen.kind === 'retrying' ? [seen.delayMs] : []));
    assert.deepEqual([short.replies, delays], [[], [2000]]);
    assert.deepEqual(short.observations.at(-1), { kind: 'turn_ended', outcome: 'interrupted' });
    assert.equal(new Set(long.replies).size, 2, 'one line for each turn');
    const end = long.observations.at(-1);
    assert.ok(end?.kind === 'turn_ended' && end.outcome === 'failed');
    assert.deepEqual([end.failure.class, end.failure.resetAt], ['usage_limit', 3_600_001]);
  });
});

function confirmed(reply: string): unknown {
  return JSON.parse(reply).confirmed;
}
