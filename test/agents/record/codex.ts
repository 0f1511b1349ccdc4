// codex app-server: JSON-RPC over standard input and output, many turns in a thread, approvals as requests of the server.
import { waitFor } from '../../support/wait-for.ts';
import type { ModelServer } from '../../support/model-server/server.ts';
import type { Recording } from './recordings.ts';
import type { Message, Take } from './take.ts';

const appServer = ['codex', 'app-server'];
const patient = [...appServer, '-c', 'model_providers.scripted.stream_max_retries=4'];
const free = { approvalPolicy: 'never', sandboxPolicy: { type: 'dangerFullAccess' } };
const asking = { approvalPolicy: 'on-request', sandboxPolicy: { type: 'readOnly' } };

const isTurnEnd = (message: Message): boolean => message['method'] === 'turn/completed';
const isApproval = (message: Message): boolean => String(message['method']).endsWith('/requestApproval');

let lastId = 0;

async function call(take: Take, method: string, params: Message): Promise<Message> {
  lastId += 1;
  const id = lastId;
  take.send({ method, id, params });
  const reply = await take.next((message) => message['id'] === id && message['method'] === undefined);
  return (reply?.['result'] ?? {}) as Message;
}

const idIn = (result: Message, name: string): string => String((result[name] as Message | undefined)?.['id']);

async function startThread(take: Take): Promise<string> {
  lastId = 0;
  const clientInfo = { name: 'ao', title: 'ao', version: '0.1.0' };
  await call(take, 'initialize', { clientInfo });
  take.send({ method: 'initialized' });
  return idIn(await call(take, 'thread/start', { cwd: take.place.workspace }), 'thread');
}

interface Asked {
  text?: string;
  rules?: Message;
}

async function startTurn(take: Take, threadId: string, asked: Asked = {}): Promise<string> {
  const { text = 'Write hello.txt.', rules = free } = asked;
  const input = [{ type: 'text', text, text_elements: [] }];
  return idIn(await call(take, 'turn/start', { threadId, input, ...rules }), 'turn');
}

async function oneTurn(take: Take): Promise<void> {
  await startTurn(take, await startThread(take));
  await take.next(isTurnEnd);
  take.closeInput();
}

function answering(decision: string): (take: Take) => Promise<void> {
  return async (take) => {
    await startTurn(take, await startThread(take), { rules: asking });
    const asked = await take.next(isApproval);
    take.send({ id: asked?.['id'], result: { decision } });
    await take.next(isTurnEnd);
    take.closeInput();
  };
}

async function hanging(take: Take): Promise<void> {
  await startTurn(take, await startThread(take));
  await take.next(isTurnEnd, 20_000);
}

async function refused(take: Take, server: ModelServer): Promise<void> {
  await server.close();
  await hanging(take);
  take.closeInput();
}

/** The simpler channel, without approvals and follow-ups. */
const once = (scenario: string): Recording => ({
  name: `once/${scenario}`,
  scenario,
  argv: ['codex', 'exec', '--json', '--skip-git-repo-check', '-s', 'workspace-write', 'Write hello.txt.'],
  drive: async (take) => take.closeInput(),
});

const plain = (scenario: string, more: Partial<Recording> = {}): Recording => ({
  name: scenario,
  scenario,
  argv: appServer,
  drive: oneTurn,
  ...more,
});

export const codex: readonly Recording[] = [
  plain('write', { name: 'success' }),
  plain('permission', { name: 'permission-allowed', drive: answering('accept') }),
  plain('permission', { name: 'permission-denied', drive: answering('decline') }),
  plain('permission', {
    name: 'permission-unanswered',
    patienceMs: 1000,
    drive: async (take) => {
      await startTurn(take, await startThread(take), { rules: asking });
      await take.next(isApproval);
    },
  }),
  plain('hello', {
    name: 'follow-up',
    drive: async (take) => {
      const thread = await startThread(take);
      for (const text of ['First.', 'Second.']) {
        await startTurn(take, thread, { text });
        await take.next(isTurnEnd);
      }
      take.closeInput();
    },
  }),
  plain('slow', {
    name: 'steer',
    drive: async (take, server) => {
      const threadId = await startThread(take);
      const expectedTurnId = await startTurn(take, threadId);
      await waitFor('the request', () => server.log.asked('slow').length > 0);
      const text = 'Say hello instead. [[scenario:hello]]';
      await call(take, 'turn/steer', {
        threadId,
        expectedTurnId,
        input: [{ type: 'text', text, text_elements: [] }],
      });
      await take.next(isTurnEnd);
      take.closeInput();
    },
  }),
  plain('slow', {
    name: 'interrupt',
    drive: async (take, server) => {
      const threadId = await startThread(take);
      const turnId = await startTurn(take, threadId);
      await waitFor('the request', () => server.log.asked('slow').length > 0);
      await call(take, 'turn/interrupt', { threadId, turnId });
      await take.next(isTurnEnd, 5000);
      await startTurn(take, threadId, { text: 'Say hello instead. [[scenario:hello]]' });
      await take.next(isTurnEnd);
      take.closeInput();
    },
  }),
  plain('rate-limit'),
  // Its many settings of retries: for a 429 only this one counts, and only where the server says when to come again.
  plain('rate-limit-no-hint', { argv: patient }),
  plain('rate-limit-twice', { argv: patient }),
  plain('usage-limit'),
  plain('limit-midway'),
  plain('nearly-used'),
  plain('overloaded'),
  plain('server-error'),
  plain('unauthorized'),
  plain('quota'),
  plain('context'),
  plain('drop'),
  plain('unfinished'),
  plain('empty'),
  plain('truncated'),
  plain('write', { name: 'refused', drive: refused }),
  plain('write', {
    name: 'refused-unbounded',
    argv: [...appServer, '-c', 'features.unbounded_connection_retries=true'],
    drive: refused,
  }),
  plain('hang', { patienceMs: 0, drive: hanging }),
  plain('hang-in-stream', { patienceMs: 0, drive: hanging }),
  ...['write', 'rate-limit', 'usage-limit', 'overloaded', 'unauthorized'].map(once),
];
