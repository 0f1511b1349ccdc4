// A small agent of the Agent Client Protocol that does nothing and tells what that cost; of a task with `bee` in it, it tells nothing. It
// ends a turn when the file that its argument names is there.
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const update = (told) => send({ method: 'session/update', params: { sessionId: 's', update: told } });

const answers = {
  initialize: () => ({ protocolVersion: 1 }),
  'session/new': () => ({ sessionId: 's' }),
  'session/prompt': async ({ prompt }) => {
    update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'thinking\n' } });
    while (!existsSync(process.argv[2])) await delay(20);
    if (prompt[0].text.includes('bee')) return { stopReason: 'end_turn' };
    update({ sessionUpdate: 'usage_update', used: 1, size: 2, cost: { amount: 0.25, currency: 'USD' } });
    const usage = { inputTokens: 30, cachedReadTokens: 70, outputTokens: 5, totalTokens: 105 };
    return { stopReason: 'end_turn', usage };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  send({ id, result: await answers[method]?.(params) });
}
