import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../api/client.ts';
import type { MessageView } from '../api/contract/responses.ts';

const askAgainMs = 200;

/** Resolves when the agent has the message, or cannot have it any more. */
export async function untilSettled(client: Client, { id }: MessageView): Promise<MessageView> {
  for (;;) {
    const message = await client.message(id);
    if (message.state === 'received' || message.state === 'undelivered') return message;
    await delay(askAgainMs);
  }
}
