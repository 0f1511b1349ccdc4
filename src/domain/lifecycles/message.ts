import type { Lifecycle } from './lifecycle.ts';

/** sent: written, or about to be; whether the agent has it is known only when it shows. */
export type MessageState = 'queued' | 'sent' | 'received' | 'undelivered';
export type MessageEvent = 'send' | 'receive' | 'fail';

export const messageLifecycle: Lifecycle<MessageState, MessageEvent> = {
  name: 'message',
  initial: 'queued',
  final: ['received', 'undelivered'],
  transitions: {
    queued: { send: 'sent', fail: 'undelivered' },
    sent: { receive: 'received', fail: 'undelivered' },
    received: {},
    undelivered: {},
  },
};
