import type { Lifecycle } from './lifecycle.ts';

export type TaskState = 'inbox' | 'ready' | 'in_flight' | 'done' | 'cancelled';
export type TaskEvent = 'claim' | 'return' | 'park' | 'land' | 'fixed' | 'retry' | 'accept' | 'cancel';

/** `inbox` with the reason `needs_you` waits for a person; `retry`, `accept` and `cancel` are the answers. */
export const taskLifecycle: Lifecycle<TaskState, TaskEvent> = {
  name: 'task',
  initial: 'ready',
  final: ['done', 'cancelled'],
  transitions: {
    inbox: { retry: 'ready', accept: 'in_flight', fixed: 'done', cancel: 'cancelled' },
    ready: { claim: 'in_flight', fixed: 'done', cancel: 'cancelled' },
    in_flight: { return: 'ready', park: 'inbox', land: 'done', fixed: 'done', cancel: 'cancelled' },
    done: {},
    cancelled: { retry: 'ready' },
  },
};
