import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentContract } from '../../../../test/contracts/agent.contract.ts';
import { AoError } from '../../../domain/errors.ts';
import type { Launch, LaunchSpec } from '../../../ports/agent.ts';
import { commandAgent } from './index.ts';

agentContract({
  agent: commandAgent,
  ask: async () => ({
    command: [
      '/bin/sh',
      '-c',
      'test -s "$1" && echo fixed >edited && printf "TASK COMPLETE: done\\n"',
      'sh',
      '{promptFile}',
    ],
    script: null,
  }),
  samples: [
    'Reading files\r\n\u001b[1mEditing\u001b[0m src/a.js\n10%\r50%\r100%\nTASK COMPLETE\nno newline at the end',
    '\u001b]8;;http://x\u0007link\u001b]8;;\u0007\n\u001b[2K\r\u001b[2Kspinning ⠋\r\u001b[2Kdone\n\n\n',
  ],
});

const spec: LaunchSpec = {
  prompt: '',
  promptFile: '/w/TASK.md',
  workspace: '/w',
  dir: '/d',
  environment: {},
  command: null,
  script: null,
  model: null,
  permissions: 'ask',
};

describe('the command agent', () => {
  const launch = (command: string[] | null, prompt = 'do $(it)'): Launch =>
    commandAgent.launch({ ...spec, prompt, command });

  test('fills in the prompt and its file wherever they stand, one argument each', () => {
    const { argv, input } = launch([
      'tool',
      '--task={prompt}',
      '-f',
      '{promptFile}',
      'a {prompt} b {prompt}',
    ]);
    assert.deepEqual(argv, ['tool', '--task=do $(it)', '-f', '/w/TASK.md', 'a do $(it) b do $(it)']);
    assert.equal(input, '');
  });

  test('gives the prompt on standard input where no argument takes it', () => {
    assert.deepEqual(launch(['tool', '{other}']), { argv: ['tool', '{other}'], env: {}, input: 'do $(it)' });
  });

  test('takes a prompt literally, also where it looks like a placeholder or a replacement pattern', () => {
    assert.deepEqual(launch(['tool', '{prompt}'], "{promptFile} $& $' {prompt}").argv, [
      'tool',
      "{promptFile} $& $' {prompt}",
    ]);
  });

  test('asks for a command where there is none', () => {
    for (const command of [null, [], ['']]) assert.throws(() => launch(command), AoError);
  });
});
