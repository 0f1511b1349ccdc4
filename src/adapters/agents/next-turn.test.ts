import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentFacts, heard, nothingHeard } from '../../domain/agent-facts.ts';
import { findAgent } from '../registry.ts';

/** What is known of the agent after each of these lines: whether it is in a turn. */
function working(name: string, lines: readonly object[]): (boolean | null)[] {
  const agent = findAgent(name);
  let { state } = agent.begin({ workspace: '/w', model: null, permissions: 'ask' });
  let facts: AgentFacts = nothingHeard;
  return lines.map((line) => {
    const step = agent.interpret(`${JSON.stringify(line)}\n`, state);
    state = step.state;
    for (const observation of step.observations) facts = heard(facts, observation, 1);
    return facts.working;
  });
}

test('codex is in its next turn as soon as it answers that it has the message, which is before it tells everybody', () => {
  const turn = (id: string) => ({ turn: { id, status: 'inProgress' } });
  const completed = { method: 'turn/completed', params: { turn: { id: '1', status: 'completed' } } };
  const lines = [
    { method: 'turn/started', params: turn('1') },
    completed,
    { id: 'ours', result: turn('2') },
    { method: 'turn/started', params: turn('2') },
  ];
  assert.deepEqual(working('codex', lines), [true, false, true, true]);
});

test('pi is in its next turn as soon as it answers that it has the message, which is before it begins', () => {
  const received = { type: 'response', id: 'ours', command: 'prompt', success: true };
  const lines = [{ type: 'agent_start' }, { type: 'agent_settled' }, received, { type: 'agent_start' }];
  assert.deepEqual(working('pi', lines), [true, false, true, true]);
});

test('claude-code is in its next turn while a message waits that it has not begun with', () => {
  const lifecycle = (command_uuid: string, state: string) => ({
    type: 'command_lifecycle',
    command_uuid,
    state,
  });
  const result = { type: 'result', subtype: 'success', is_error: false, result: 'done' };
  const lines = [
    lifecycle('a', 'queued'),
    lifecycle('a', 'started'),
    lifecycle('b', 'queued'),
    result,
    lifecycle('a', 'completed'),
    lifecycle('b', 'started'),
    result,
    lifecycle('b', 'completed'),
  ];
  assert.deepEqual(working('claude-code', lines), [true, true, true, true, true, true, false, false]);
});

test('a message that claude-code took into its turn is followed by no other turn', () => {
  const lifecycle = (command_uuid: string, state: string) => ({
    type: 'command_lifecycle',
    command_uuid,
    state,
  });
  const result = { type: 'result', subtype: 'success', is_error: false, result: 'done' };
  const lines = [lifecycle('a', 'started'), lifecycle('b', 'queued'), lifecycle('b', 'started'), result];
  assert.deepEqual(working('claude-code', lines), [true, true, true, false]);
});
