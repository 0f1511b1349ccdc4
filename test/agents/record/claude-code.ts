// claude with stream-json both ways: one process, many turns, permission prompts over standard input and output.
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../support/wait-for.ts';
import type { Recording } from './recordings.ts';
import type { Message, Take } from './take.ts';

const base = ['claude', '-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
const asking = [...base, '--permission-prompt-tool', 'stdio', '--permission-mode', 'default'];
const free = [...base, '--permission-mode', 'bypassPermissions'];
const fewRetries = { CLAUDE_CODE_MAX_RETRIES: '2' };
/** Usage limits are told to subscribers; an empty value takes a variable away. */
const subscriber = { ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'dummy' };

const isResult = (message: Message): boolean => message['type'] === 'result';
const isRequest = (message: Message): boolean => message['type'] === 'control_request';

function prompt(take: Take, content = 'Write hello.txt.', named: { uuid?: string } = {}): void {
  take.send({ type: 'user', ...named, message: { role: 'user', content } });
}

/** As our adapter tells it things: under a name, and wanting to see them again. */
const acknowledging = [...free, '--replay-user-messages'];

async function oneTurn(take: Take): Promise<void> {
  prompt(take);
  await take.next(isResult);
  take.closeInput();
}

function answering(answer: (input: unknown) => Message): (take: Take) => Promise<void> {
  return async (take) => {
    prompt(take);
    const asked = await take.next(isRequest);
    const input = (asked?.['request'] as Message | undefined)?.['input'];
    const response = { subtype: 'success', request_id: asked?.['request_id'], response: answer(input) };
    take.send({ type: 'control_response', response });
    await take.next(isResult);
    take.closeInput();
  };
}

async function hanging(take: Take): Promise<void> {
  prompt(take);
  await take.next(isResult, 20_000);
}

const plain = (scenario: string, more: Partial<Recording> = {}): Recording => ({
  name: scenario,
  scenario,
  argv: free,
  env: fewRetries,
  drive: oneTurn,
  ...more,
});

export const claudeCode: readonly Recording[] = [
  plain('write', { name: 'success' }),
  plain('permission', {
    name: 'permission-allowed',
    argv: asking,
    drive: answering((input) => ({ behavior: 'allow', updatedInput: input })),
  }),
  plain('permission', {
    name: 'permission-denied',
    argv: asking,
    drive: answering(() => ({ behavior: 'deny', message: 'not now' })),
  }),
  plain('permission', {
    name: 'permission-unanswered',
    argv: asking,
    patienceMs: 1000,
    drive: async (take) => {
      prompt(take);
      await take.next(isRequest);
    },
  }),
  plain('write', {
    name: 'initialize',
    drive: async (take) => {
      take.send({
        type: 'control_request',
        request_id: 'r1',
        request: { subtype: 'initialize', hooks: null },
      });
      await take.next((message) => message['type'] === 'control_response');
      await oneTurn(take);
    },
  }),
  plain('write', { name: 'partial-messages', argv: [...free, '--include-partial-messages'] }),
  plain('hello', {
    name: 'follow-up',
    drive: async (take) => {
      prompt(take, 'First.');
      await take.next(isResult);
      prompt(take, 'Second.');
      await take.next(isResult);
      take.closeInput();
    },
  }),
  plain('slow', {
    name: 'follow-up-busy',
    drive: async (take, server) => {
      prompt(take);
      await waitFor('the request', () => server.log.asked('slow').length > 0);
      prompt(take, 'Say hello instead. [[scenario:hello]]');
      await take.next(isResult);
      await take.next(isResult, 15_000);
      take.closeInput();
    },
  }),
  plain('hello', {
    name: 'acknowledged',
    argv: acknowledging,
    drive: async (take) => {
      for (const text of ['First.', 'Second.']) {
        prompt(take, text, { uuid: randomUUID() });
        await take.next(isResult);
      }
      take.closeInput();
    },
  }),
  plain('slow', {
    name: 'acknowledged-busy',
    argv: acknowledging,
    drive: async (take, server) => {
      prompt(take, undefined, { uuid: randomUUID() });
      await waitFor('the request', () => server.log.asked('slow').length > 0);
      prompt(take, 'Say hello instead. [[scenario:hello]]', { uuid: randomUUID() });
      await take.next(isResult);
      await take.next(isResult, 15_000);
      take.closeInput();
    },
  }),
  plain('rate-limit'),
  plain('rate-limit-no-hint'),
  plain('rate-limit-twice', { env: {} }),
  plain('usage-limit', { env: { ...fewRetries, ...subscriber } }),
  plain('usage-limit', { name: 'usage-limit-api-key' }),
  plain('limit-midway', { env: { ...fewRetries, ...subscriber } }),
  plain('nearly-used', { env: { ...fewRetries, ...subscriber } }),
  plain('overloaded'),
  plain('server-error'),
  plain('unauthorized'),
  plain('unauthorized', { name: 'unauthorized-subscriber', env: { ...fewRetries, ...subscriber } }),
  plain('quota'),
  plain('context'),
  plain('drop'),
  plain('drop', { name: 'drop-no-retries', env: { CLAUDE_CODE_MAX_RETRIES: '0' } }),
  plain('write', {
    name: 'refused',
    drive: async (take, server) => {
      await server.close();
      await oneTurn(take);
    },
  }),
  plain('unfinished', { env: { CLAUDE_CODE_MAX_RETRIES: '0' } }),
  plain('empty'),
  plain('truncated'),
  plain('hang', { patienceMs: 0, drive: hanging }),
  plain('hang-in-stream', { patienceMs: 0, drive: hanging }),
  plain('slow', {
    name: 'interrupt',
    drive: async (take, server) => {
      prompt(take);
      await waitFor('the request', () => server.log.asked('slow').length > 0);
      take.send({ type: 'control_request', request_id: 'r1', request: { subtype: 'interrupt' } });
      await take.next(isResult);
      prompt(take, 'Say hello instead. [[scenario:hello]]');
      await take.next(isResult);
      take.closeInput();
    },
  }),
];
