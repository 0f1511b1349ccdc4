import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { terminalAgentContract } from '../../../../../test/contracts/terminal-agent.contract.ts';
import type { Observation } from '../../../../ports/agent.ts';
import type { TerminalAgent } from '../../../../ports/terminal-agent.ts';
import { geminiTerminal } from './gemini.ts';
import { googleForm } from './google.ts';
import { qwenTerminal } from './qwen.ts';

const fixtures = join(import.meta.dirname, '../../../../../test/agents/fixtures');
const recorded = (path: string): string => readFileSync(join(fixtures, path, 'hooks/turns.ndjson'), 'utf8');

const told = {
  gemini: recorded('gemini/0.61.0'),
  qwen: recorded('qwen/0.24.4'),
};

terminalAgentContract('gemini', geminiTerminal, [told.gemini]);
terminalAgentContract('qwen', qwenTerminal, [told.qwen]);

const spec = { prompt: 'p', promptFile: '', dir: '/d', workspace: '/w', command: null, script: null };

function heard<State>(agent: TerminalAgent<State>, bytes: string): Observation[] {
  return agent.interpret(bytes, agent.begin()).observations;
}

/** Ends of turns in a word each. */
const endsOf = (observations: readonly Observation[]): string[] =>
  observations.flatMap((seen) =>
    seen.kind === 'turn_ended' ? [seen.outcome === 'failed' ? seen.failure.class : seen.outcome] : [],
  );

const promptsOf = (observations: readonly Observation[]): (string | undefined)[] =>
  observations.flatMap((seen) => (seen.kind === 'received' ? [seen.text] : []));

test('qwen tells of turns, of what went wrong, and not of its tools as if they were prompts', () => {
  const observations = heard(qwenTerminal, told.qwen);
  assert.deepEqual(promptsOf(observations), [
    'please write the file\nnow',
    'AUTH please',
    'EMPTY please',
    'HANG please',
  ]);
  assert.deepEqual(endsOf(observations), ['completed', 'authentication', 'truncated']);
  assert.equal(observations.filter(({ kind }) => kind === 'claim').length, 1);
});

test('qwen keeps what is for one session out of the account, and takes up a conversation', () => {
  const {
    argv,
    env,
    files = [],
  } = qwenTerminal.launch({
    ...spec,
    environment: {},
    model: 'm',
    permissions: 'yolo',
    takesUp: { conversation: 'c', spent: { tokens: null, costUsd: null } },
  });
  assert.deepEqual(argv, [
    'qwen',
    '--approval-mode=yolo',
    '--model=m',
    '--resume=c',
    '--prompt-interactive=p',
  ]);
  assert.equal(env['QWEN_CODE_SYSTEM_DEFAULTS_PATH'], files[0]?.path);
});

test('gemini tells of turns by what its model was asked and answered, and forgets what it was interrupted in', () => {
  const observations = heard(geminiTerminal, told.gemini);
  assert.deepEqual(promptsOf(observations), [
    'please write the file\nnow',
    'RATE please',
    'CUT please',
    'SLOW please',
    'AUTH please',
  ]);
  // What its screen tells is not among it: that it was interrupted, and that its key is no good.
  assert.deepEqual(endsOf(observations), ['completed', 'completed', 'truncated']);
  assert.ok(observations.some((seen) => seen.kind === 'retrying' && seen.failure.class === 'rate_limit'));
  const lines = told.gemini.split(/(?<=\n)/);
  const at = lines.findIndex((line) => line.includes('SLOW please'));
  const forgot = (bytes: string): boolean | undefined =>
    geminiTerminal.forgets?.(geminiTerminal.interpret(bytes, geminiTerminal.begin()).state);
  assert.deepEqual(
    [forgot(lines.slice(0, at + 1).join('')), forgot(lines.slice(0, at).join(''))],
    [true, false],
  );
});

test('gemini is trusted with the folder for one session, and warned of no colours', () => {
  const {
    argv,
    env,
    files = [],
  } = geminiTerminal.launch({
    ...spec,
    environment: { NODE_OPTIONS: '--use-system-ca' },
    model: null,
    permissions: 'ask',
  });
  assert.deepEqual(argv, ['gemini', '--skip-trust', '--approval-mode=auto_edit', '--prompt-interactive=p']);
  assert.equal(env['NODE_OPTIONS'], `--use-system-ca --require="${files[0]?.path}"`);
});

test('a conversation that qwen does not know is gone; where it only says so, it is not', () => {
  const bare = { bright: [], title: '', declared: '' };
  const gone = qwenTerminal.readScreen(['', 'No saved session found with ID 1-2. Run `qwen --resume`'], bare);
  assert.ok(gone.state === 'failed' && gone.failure.class === 'conversation_gone');
  const says = qwenTerminal.readScreen(['  No saved session found with ID 1-2.'], bare);
  assert.equal(says.state, 'unknown');
});

test("of what is asked in Google's form only the work itself counts, without what tools found", () => {
  const url = 'http://127.0.0.1/v1beta/models/m:streamGenerateContent?alt=sse';
  const [words, found] = [{ text: 'Do it.' }, { functionResponse: {} }];
  const asked = (part: object, tools: object = { functionDeclarations: [{ name: 'read_file' }] }) =>
    googleForm.latestOf(url, JSON.stringify({ contents: [{ role: 'user', parts: [part] }], tools: [tools] }));
  assert.equal(asked(words)?.said, 'Do it.');
  assert.equal(asked({ text: '<session_context>\nIt is Friday.' })?.said, '');
  assert.equal(asked(found)?.said, null);
  assert.equal(asked(words, { googleSearch: {} }), null);
  assert.equal(asked(words, { functionDeclarations: [{ name: 'complete_task' }] }), null);
  const pieces = [
    { candidates: [{ content: { parts: [{ text: 'Hm.', thought: true }, { text: 'Yes.' }] } }] },
  ];
  assert.partialDeepStrictEqual(googleForm.answerIn(pieces), { words: 'Yes.', end: '', isWhole: false });
});
