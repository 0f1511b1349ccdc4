/**
 * What a person who watches a run wants. Watching goes on while asking and stopping; `detached` leaves the run alone,
 * `left` leaves while it is being stopped.
 */
export type Wish = 'watching' | 'asking' | 'stopping' | 'detached' | 'left';

/**
 * interrupt: Ctrl-C where a question can be asked. terminate: SIGTERM, or Ctrl-C where it cannot. hangup: the terminal is
 * gone. The others are answers.
 */
export type Impulse = 'interrupt' | 'terminate' | 'hangup' | 'detach' | 'stop' | 'continue';

const table: Record<Wish, Partial<Record<Impulse, Wish>>> = {
  watching: { interrupt: 'asking', terminate: 'stopping', hangup: 'detached' },
  asking: {
    interrupt: 'stopping',
    terminate: 'stopping',
    hangup: 'detached',
    detach: 'detached',
    stop: 'stopping',
    continue: 'watching',
  },
  stopping: { interrupt: 'left', terminate: 'left', hangup: 'left' },
  detached: {},
  left: {},
};

export function nextWish(wish: Wish, impulse: Impulse): Wish {
  return table[wish][impulse] ?? wish;
}

/** The answer or impulse that a key stands for; null for all other keys. */
export function impulseOf(key: string): Impulse | null {
  switch (key) {
    case '\x03':
      return 'interrupt';
    case 'd':
    case 'D':
      return 'detach';
    case 's':
    case 'S':
      return 'stop';
    case 'c':
    case 'C':
    case '\x1b':
      return 'continue';
    default:
      return null;
  }
}

/** The line below the table, longest wording first: a narrow screen takes one that fits. */
export function footersOf(wish: Wish): readonly string[] {
  switch (wish) {
    case 'watching':
      return ['Ctrl-C: detach or stop'];
    case 'asking':
      return [
        '[d]etach: the run goes on   [s]top: agents end, work is saved   [c]ontinue',
        '[d]etach  [s]top  [c]ontinue',
        '[d] [s] [c]',
      ];
    case 'stopping':
      return [
        'Stopping: agents end, their work is saved. Ctrl-C: do not wait for it',
        'Stopping. Ctrl-C: leave',
      ];
    case 'detached':
    case 'left':
      return [];
  }
}
