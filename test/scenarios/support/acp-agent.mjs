// A small agent of the Agent Client Protocol. At its task it says what it looks for, and is done when the file `go` is there; then it
// writes the text of each message into the file that its first argument names. `node acp-agent.mjs FILE GO`.
import { existsSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const [file, go] = process.argv.slice(2);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const say = (text) => {
  const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: `${text}\n` } };
  send({ method: 'session/update', params: { sessionId: 's', update } });
};

let prompts = 0;
const answers = {
  initialize: async () => ({ protocolVersion: 1 }),
  'session/new': async () => ({ sessionId: 's' }),
  'session/prompt': async ({ prompt }) => {
    prompts += 1;
    if (prompts === 1) {
      say('looking for a hint');
      while (!existsSync(go)) await delay(20);
    } else {
      writeFileSync(file, prompt[0].text);
      say(`took: ${prompt[0].text}`);
    }
    return { stopReason: 'end_turn' };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  send({ id, result: await answers[method]?.(params) });
}
