import type { Lifecycle } from './lifecycle.ts';

export type LandingState = 'queued' | 'landing' | 'landed' | 'rejected' | 'withdrawn';
export type LandingEvent = 'intend' | 'confirm' | 'refuse' | 'reject' | 'withdraw';

/** `landing` is the intent row: it is written before the target moves and read again after a crash. */
export const landingLifecycle: Lifecycle<LandingState, LandingEvent> = {
  name: 'landing',
  initial: 'queued',
  final: ['landed', 'rejected', 'withdrawn'],
  transitions: {
    queued: { intend: 'landing', reject: 'rejected', withdraw: 'withdrawn' },
    landing: { confirm: 'landed', refuse: 'queued' },
    landed: {},
    rejected: {},
    withdrawn: {},
  },
};
