import { EventEmitter } from 'node:events';
import { type Impulse, impulseOf, nextWish, type Wish } from './interruption.ts';

interface Events {
  change: [Wish];
  /** Ctrl-Z: give the terminal back until we are continued. */
  suspend: [];
}

/** Listens to signals and, once there is a screen, to keys, and keeps what the person wants. */
export class Wishes extends EventEmitter<Events> {
  wish: Wish = 'watching';
  readonly #signals: [NodeJS.Signals, () => void][];
  #keyboard: NodeJS.ReadStream | null = null;

  constructor() {
    super();
    this.#signals = [
      ['SIGINT', () => this.#take(this.#keyboard === null ? 'terminate' : 'interrupt')],
      ['SIGTERM', () => this.#take('terminate')],
      ['SIGHUP', () => this.#hangUp()],
    ];
    for (const [signal, listener] of this.#signals) process.on(signal, listener);
  }

  /** Takes single keys from a terminal; without one, or in the background, Ctrl-C stops without a question. */
  listenTo(keyboard: NodeJS.ReadStream): void {
    if (!keyboard.isTTY || this.#keyboard !== null) return;
    try {
      keyboard.setRawMode(true);
    } catch {
      return;
    }
    this.#keyboard = keyboard;
    keyboard.setEncoding('utf8');
    keyboard.on('data', this.#onKeys);
    keyboard.on('end', this.#onEnd);
    keyboard.on('error', this.#onEnd);
    keyboard.resume();
  }

  /** After a suspension, the shell has set the terminal to its own mode. */
  takeKeyboardAgain(): void {
    this.#keyboard?.setRawMode(true);
  }

  releaseKeyboard(): void {
    this.#keyboard?.setRawMode(false);
  }

  close(): void {
    for (const [signal, listener] of this.#signals) process.off(signal, listener);
    const keyboard = this.#keyboard;
    this.#keyboard = null;
    if (keyboard === null) return;
    keyboard.off('data', this.#onKeys);
    keyboard.off('end', this.#onEnd);
    keyboard.off('error', this.#onEnd);
    keyboard.pause();
    if (!keyboard.destroyed) keyboard.setRawMode(false);
  }

  readonly #onKeys = (keys: string | Buffer): void => {
    const text = String(keys);
    if (text.includes('\x1a')) this.emit('suspend');
    // Keys that send a sequence (arrows, paste) are no answer, not even by the escape they start with.
    if (text.length > 1 && text.startsWith('\x1b')) return;
    for (const key of text) this.#take(impulseOf(key));
  };

  readonly #onEnd = (): void => this.#take('hangup');

  /** Who has no terminal has none to lose (nohup, a script in the background): then nothing is given up. */
  #hangUp(): void {
    const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    if (terminal) this.#take('hangup');
  }

  #take(impulse: Impulse | null): void {
    if (impulse === null) return;
    const next = nextWish(this.wish, impulse);
    if (next === this.wish) return;
    this.wish = next;
    this.emit('change', next);
  }
}
