import type { Lifecycle } from './lifecycle.ts';

export type SessionState = 'starting' | 'running' | 'ended';
export type SessionEvent = 'started' | 'end';

export const sessionLifecycle: Lifecycle<SessionState, SessionEvent> = {
  name: 'session',
  initial: 'starting',
  final: ['ended'],
  transitions: {
    starting: { started: 'running', end: 'ended' },
    running: { end: 'ended' },
    ended: {},
  },
};
