import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionRow } from '../../test/support/rows.ts';
import type { AgentFailure, FailureClass, Usage } from './agent-facts.ts';
import { conversationToTakeUp } from './take-up.ts';
import type { Session } from './task.ts';

const next = { agent: 'codex', account: 'default' };
const usage: Usage = { tokens: { input: 10, cached: 4, output: 2 }, costUsd: 0.5 };
const nothing: Usage = { tokens: null, costUsd: null };
const before = { conversation: 'c', spent: nothing };

function ended(patch: Partial<Session> = {}): Session {
  const end = { state: 'ended', outcome: 'completed', endedAt: 2, conversation: 'c' } as const;
  return sessionRow('t', { agent: 'codex', ...end, ...patch });
}

function failed(kind: FailureClass): Partial<Session> {
  const failure: AgentFailure = { class: kind, message: '', resetAt: null };
  return { outcome: 'failed', failure };
}

const cases: [string, Session[], boolean][] = [
  ['nobody worked on it before', [], false],
  ['a turn that ended well, and was refused by the gate', [ended()], true],
  ['a conversation that has no name', [ended({ conversation: null })], false],
  [
    'a conversation with a name that a client would take for a flag',
    [ended({ conversation: '--yolo' })],
    false,
  ],
  ['a conversation with a name of several words', [ended({ conversation: 'c d' })], false],
  ['a conversation with a name that is no name', [ended({ conversation: 'c'.repeat(1000) })], false],
  ['a session of before conversations were noted', [sessionRow('t', { agent: 'codex', endedAt: 2 })], false],
  ['a session that has not ended', [ended({ endedAt: null })], false],
  ['another agent', [ended({ agent: 'claude-code' })], false],
  ['another account', [ended({ account: 'work' })], false],
  ['too many requests', [ended(failed('rate_limit'))], true],
  ['a used-up window', [ended(failed('usage_limit'))], true],
  ['an overloaded model', [ended(failed('overloaded'))], true],
  ['a connection that failed', [ended(failed('network'))], true],
  ['a login that a person has mended', [ended(failed('authentication'))], true],
  ['money that a person has paid', [ended(failed('quota'))], true],
  ['too many requests, once more', [ended({ ...failed('rate_limit'), takesUp: before })], true],
  ['a full conversation', [ended(failed('context_full'))], false],
  ['a conversation that is gone', [ended({ ...failed('conversation_gone'), takesUp: before })], false],
  ['an answer that was cut off', [ended(failed('truncated'))], false],
  ['a failure that nobody knows', [ended(failed('other'))], false],
  ['a time limit', [ended({ outcome: 'killed' })], true],
  ['a time limit, in one that was taken up', [ended({ outcome: 'killed', takesUp: before })], false],
  ['a crash', [ended({ outcome: 'failed' })], true],
  ['a crash of one that took it up', [ended({ outcome: 'failed', takesUp: before })], false],
  ['an exit that it chose', [ended({ outcome: 'exited', exitCode: 3, takesUp: before })], false],
  [
    'the last attempt counts',
    [ended({ attempt: 2, ...failed('context_full') }), ended({ attempt: 1 })],
    false,
  ],
];

for (const [name, sessions, expected] of cases) {
  test(`a conversation is ${expected ? '' : 'not '}taken up behind ${name}`, () => {
    const found = conversationToTakeUp(sessions, next);
    assert.equal(found?.conversation, expected ? 'c' : undefined);
  });
}

test('what a conversation has cost is the sum over the sessions that held it', () => {
  const spent = (sessions: Session[]) => conversationToTakeUp(sessions, next)?.spent;
  assert.deepEqual(spent([ended()]), nothing);
  const other = ended({ attempt: 1, conversation: 'other', usage });
  const parts = [other, ended({ attempt: 2, usage }), ended({ attempt: 3, usage })];
  assert.deepEqual(spent(parts), { tokens: { input: 20, cached: 8, output: 4 }, costUsd: 1 });
});
