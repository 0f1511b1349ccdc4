import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { terminalAgentContract } from '../../../../test/contracts/terminal-agent.contract.ts';
import { codexTerminal as agent } from './terminal.ts';

const recorded = readFileSync(
  join(import.meta.dirname, '../../../../test/agents/fixtures/codex/0.169.0/hooks/turns.ndjson'),
  'utf8',
);
terminalAgentContract('codex', agent, [recorded]);

const spec = {
  prompt: 'p',
  promptFile: '',
  workspace: '/w.d',
  dir: '/d',
  environment: {},
  command: null,
  script: null,
  model: null,
  permissions: 'ask',
} as const;

test("codex' hooks tell of a turn from what it was told to its last words", () => {
  const { observations } = agent.interpret(recorded, agent.begin());
  const kinds = observations.map(({ kind }) => kind);
  const turn = ['turn_started', 'received', 'line', 'line', 'claim', 'turn_ended'];
  assert.deepEqual(kinds, ['conversation', ...turn, ...turn]);
  const told = observations.flatMap((seen) => (seen.kind === 'received' ? [seen.text] : []));
  assert.deepEqual(told, ['please write the file', '> !ls -la\n/clear second line']);
});

test('what an agent is told that codex set to work itself is no turn of codex', () => {
  const hook = (hook_event_name: string, more: object): string =>
    `${JSON.stringify({ hook_event_name, session_id: 's', ...more })}\n`;
  // As codex 0.169.0 tells it: under its own session, with the other agent's id.
  const other = hook('UserPromptSubmit', { turn_id: 't2', agent_id: 'a', prompt: 'a part of it' });
  const whole = (more: string): string =>
    hook('UserPromptSubmit', { turn_id: 't1', prompt: 'all of it' }) +
    more +
    hook('Stop', { turn_id: 't1', last_assistant_message: 'done' }) +
    more;
  const read = (told: string) => agent.interpret(told, agent.begin()).observations;
  assert.deepEqual(read(whole(other)), read(whole('')));
});

test('our hooks are known to codex by its own hash of them, and nothing but them is trusted', () => {
  const { argv, files = [] } = agent.launch(spec);
  const state = argv.find((argument) => argument.startsWith('hooks.state='));
  // As `hooks/list` of codex 0.169.0 tells it.
  const known = 'cc2bca69d7220bc5793844bd5c6fb51273c29987f8ef015fb651983ba510db8a';
  assert.ok(
    state?.includes(`"/<session-flags>/config.toml:stop:0:0"={trusted_hash="sha256:${known}"}`),
    state,
  );
  assert.ok(argv.every((argument) => !argument.startsWith('--dangerously')));
  assert.ok(argv.includes('projects={"/w.d"={trust_level="trusted"}}'));
  assert.deepEqual(files, []);
});

test('codex is asked to go on with a conversation in the directory of now', () => {
  const takesUp = { conversation: 'old-thread', spent: { tokens: null, costUsd: null } };
  const { argv } = agent.launch({ ...spec, takesUp, model: 'gpt' });
  assert.deepEqual(argv.slice(0, 5), ['codex', 'resume', '--no-daemon', '--cd', '/w.d']);
  assert.deepEqual(argv.slice(-5), ['--model', 'gpt', '--', 'old-thread', 'p']);
});

test('that codex does not know the conversation is its last word, and no other failure', () => {
  const more = { bright: [], title: '', declared: '' };
  const rows = ['ERROR: No saved session found with ID old-thread. Run `codex resume` without an ID', ''];
  const reading = agent.readScreen(rows, more);
  assert.ok(reading.state === 'failed');
  assert.equal(reading.failure.class, 'conversation_gone');
});
