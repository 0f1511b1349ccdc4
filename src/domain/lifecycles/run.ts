import type { Lifecycle } from './lifecycle.ts';

export type RunState = 'running' | 'stopping' | 'finished';
export type RunEvent = 'stop' | 'finish' | 'resume';

export const runLifecycle: Lifecycle<RunState, RunEvent> = {
  name: 'run',
  initial: 'running',
  final: ['finished'],
  transitions: {
    running: { stop: 'stopping', finish: 'finished' },
    stopping: { finish: 'finished' },
    finished: { resume: 'running' },
  },
};
