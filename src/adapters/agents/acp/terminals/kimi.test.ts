import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { terminalAgentContract } from '../../../../../test/contracts/terminal-agent.contract.ts';
import { kimiTerminal as agent } from './kimi.ts';

const recorded = (name: string): string =>
  readFileSync(
    path.join(import.meta.dirname, `../../../../../test/agents/fixtures/kimi/2.1.0/hooks/${name}.ndjson`),
    'utf8',
  );
const turns = recorded('turns');
terminalAgentContract('kimi', agent, [turns, recorded('usage-limit')]);

const spec = {
  prompt: 'p',
  promptFile: '',
  workspace: '/w',
  dir: '/d',
  environment: { HOME: '/home/u' },
  command: null,
  script: null,
  model: null,
  permissions: 'ask',
} as const;

test('of a turn of kimi is told what it was told, what it did and said, and its end', () => {
  const { observations } = agent.interpret(turns, agent.begin());
  const turn = [
    'conversation',
    'turn_started',
    'received',
    'line',
    'line',
    'answering',
    'line',
    'claim',
    'turn_ended',
  ];
  const kinds = observations.map(({ kind }) => kind);
  assert.deepEqual(
    kinds.slice(0, 8),
    turn.filter((kind) => kind !== 'answering'),
  );
  assert.equal(kinds.filter((kind) => kind === 'turn_ended').length, 3);
  const told = observations.flatMap((seen) => (seen.kind === 'received' ? [seen.text] : []));
  assert.deepEqual(told, ['please write the file', '> !ls -la\n/clear second line', 'please write the file']);
  assert.ok(observations.some((seen) => seen.kind === 'line' && seen.text.startsWith('Bash: printf')));
});

test('a used-up window ends the turn of kimi, which would wait for an hour, with the moment at which it opens', () => {
  const end = agent.interpret(recorded('usage-limit'), agent.begin()).observations.at(-1);
  assert.ok(end?.kind === 'turn_ended' && end.outcome === 'failed');
  const { class: kind, resetAt } = end.failure;
  assert.deepEqual([kind, new Date(resetAt ?? 0).toISOString()], ['usage_limit', '2026-01-01T01:00:10.000Z']);
});

test("what kimi says between turns is nobody's, and an answer that was cut is no end in good order", () => {
  const line = (more: object): string => `${JSON.stringify({ at: 1, ...more })}\n`;
  const asked = line({ ao: 'asked', said: 'x' });
  const answer = { ao: 'answer', status: 200, words: 'I', calls: [], end: 'stop', isWhole: true };
  const ends = (text: string): unknown[] =>
    agent
      .interpret(text, agent.begin())
      .observations.flatMap((seen) => (seen.kind === 'turn_ended' ? [seen.outcome] : []));
  assert.deepEqual(ends(line(answer)), []);
  assert.deepEqual(ends(asked + line(answer) + line(answer)), ['completed']);
  assert.deepEqual(ends(asked + line({ ...answer, end: 'length', isWhole: false })), ['failed']);
  assert.deepEqual(ends(asked + line({ ...answer, end: '', isWhole: false })), []);
  assert.deepEqual(ends(asked + line({ ...answer, words: '' })), []);
});

test('kimi is told by flags what it may do, which model to ask and what to go on with', () => {
  assert.deepEqual(agent.launch(spec).argv, ['kimi']);
  const takesUp = { conversation: 'session_1', spent: { tokens: null, costUsd: null } };
  assert.deepEqual(agent.launch({ ...spec, permissions: 'yolo', model: 'k2', takesUp }).argv, [
    'kimi',
    '--auto',
    '--model',
    'k2',
    '--session',
    'session_1',
  ]);
});

test("trust is a file of kimi's own for that folder alone, beside what the person trusts", () => {
  const [entry] = agent.accountEntries({ ...spec, workspace: '/w/My Task…' });
  // As kimi 2.1.0 names it.
  assert.equal(entry?.file, '/home/u/.kimi-code/workspace-trust/wd_my-task_3119cc1a66d6');
  const moved = agent.accountEntries({ workspace: '/w', environment: { HOME: '/h', KIMI_CODE_HOME: '/k' } });
  assert.ok(moved[0]?.file.startsWith('/k/workspace-trust/wd_w_'));
  assert.equal(entry.isThere(JSON.stringify({ root: '/other', trustedAt: 1 })), false);
  assert.equal(entry.remove(entry.add(null)), null);
});

test('a failure that kimi wrote over several rows is read as a whole', () => {
  const box = [
    ` ╭${'─'.repeat(80)}╮`,
    ` │ > ${' '.repeat(78)}│`,
    ` ╰${'─'.repeat(80)}╯`,
    ' model ~/project',
    '',
  ];
  const rows = [
    ' ✨ please',
    '',
    '   Error: [provider.api_error] The API returned an empty response (no content). Provider',
    ' scripted-model',
    '   If this persists, run `/export-debug-zip`',
    ...box,
  ];
  const reading = agent.readScreen(rows, { bright: rows, title: '', declared: '' });
  assert.ok(reading.state === 'failed', reading.state);
  assert.deepEqual(
    [reading.failure.class, reading.failure.message.slice(-23)],
    ['truncated', 'Provider scripted-model'],
  );
});

test('that kimi does not know the conversation is its last word', () => {
  const rows = ['error: failed to start shell: Session "session_1" not found.', 'See log: /x/kimi-code.log'];
  const reading = agent.readScreen(rows, { bright: rows, title: '', declared: '' });
  assert.equal(reading.state === 'failed' && reading.failure.class, 'conversation_gone');
});
