// A small agent of the Agent Client Protocol that mends `ant` only in a session that it remembers from before; in a new one it leaves a note.
// `node remembering-acp-agent.mjs DIRECTORY`: there it keeps its sessions, each known in the directory where it was held alone, and a log of
// what it was asked. In a session of before it ends its turn when the file `go` is there.
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const [directory] = process.argv.slice(2);
const place = (id) => join(directory, 'sessions', id);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const file = 'src/ant.mjs';
let isOld = false;

const answers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: { sessionCapabilities: { resume: {} } } }),
  'session/new': ({ cwd }) => {
    const sessionId = randomUUID();
    mkdirSync(join(directory, 'sessions'), { recursive: true });
    writeFileSync(place(sessionId), cwd);
    return { sessionId };
  },
  'session/resume': ({ sessionId, cwd }) => {
    if (readFileSync(place(sessionId), 'utf8') !== cwd) throw new Error('held elsewhere');
    isOld = true;
    return {};
  },
  'session/prompt': async ({ sessionId }) => {
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'thinking\n' } };
    send({ method: 'session/update', params: { sessionId, update } });
    if (isOld) while (!existsSync(join(directory, 'go'))) await delay(20);
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, isOld ? before.replace('return 0;', 'return 1;') : `${before}// a note\n`);
    return { stopReason: 'end_turn' };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  appendFileSync(join(directory, 'log'), `${method}\n`);
  try {
    send({ id, result: await answers[method]?.(params) });
  } catch (error) {
    send({ id, error: { code: -32_002, message: error.message } });
  }
}
