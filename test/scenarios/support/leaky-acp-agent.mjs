// An agent of the Agent Client Protocol that gives away the lines of the file CANARIES wherever it can: in what it says, in pieces; in what
// it asks; in what it does; on standard error; in a failure. In its second attempt it writes TEXT into FILE. `node leaky-acp-agent.mjs CANARIES FILE TEXT`.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [canaries, file, text] = process.argv.slice(2);
const secrets = readFileSync(canaries, 'utf8').trim().split('\n');
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const tell = (update) => send({ method: 'session/update', params: { sessionId: 's', update } });
const say = (words) => tell({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: words } });

let answered = () => {};
const ask = (title) => {
  const options = [{ optionId: 'yes', kind: 'allow_once', name: 'Yes' }];
  const params = { sessionId: 's', toolCall: { toolCallId: 't', title }, options };
  send({ id: 'question', method: 'session/request_permission', params });
  return new Promise((resolve) => (answered = resolve));
};

const answers = {
  initialize: async () => ({ protocolVersion: 1 }),
  'session/new': async () => ({ sessionId: 's' }),
  'session/prompt': async () => {
    for (const secret of secrets) {
      say(`I found ${secret.slice(0, 12)}`);
      say(`${secret.slice(12)} and ${Buffer.from(`x${secret}`).toString('base64')}\n`);
      tell({
        sessionUpdate: 'tool_call',
        toolCallId: secret,
        title: `echo ${secret}`,
        rawInput: { command: secret },
      });
      process.stderr.write(`warning: ${secret}\n`);
    }
    await ask(`curl -H ${secrets[0]} ${secrets.at(-1)}`);
    if (process.env.AO_ATTEMPT === '1') throw new Error(`no answer for ${secrets.slice(0, 3).join(' ')}`);
    writeFileSync(file, text.replaceAll('\\n', '\n'));
    say(`TASK COMPLETE with ${secrets[1]}\n`);
    return { stopReason: 'end_turn' };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params, result } = JSON.parse(line);
  if (result !== undefined) answered();
  else
    void answers[method]?.(params).then(
      (value) => send({ id, result: value }),
      (error) => send({ id, error: { code: -32_603, message: error.message } }),
    );
}
