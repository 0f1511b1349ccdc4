import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Terminal } from '../../../domain/task.ts';
import { ControlReplies } from './control-replies.ts';
import { type Command, CommandFailed, ConnectionLost, tmuxArguments, tmuxOptions } from './server.ts';

/** A server answers at once. One that does not has lost its control mode, which happens, or hangs. */
const wedgeMs = 2000;
/**
 * One client of a tmux server that stays: it carries commands without a process for each, and its end tells at once
 * that the server has died. It is in a session, since every client has to be: one of an agent, because a server would stay
 * for a session of our own, and one that ends with its client crashes tmux 3.3a. It starts no server, changes no
 * size and hears no output. It ends with us, however we end, since its input does.
 */
export class ControlConnection {
  readonly terminal: Terminal;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: PromiseWithResolvers<string>[] = [];
  readonly #onLoss: (wasConnected: boolean) => void;
  #connected = false;
  #over = false;

  /** `onLoss` is called once, unless we closed it. */
  constructor(terminal: Terminal, onLoss: (wasConnected: boolean) => void) {
    this.terminal = terminal;
    this.#onLoss = onLoss;
    const enter = ['attach-session', '-t', `=${terminal.session}`, '-f', 'no-output,ignore-size'];
    this.#child = spawn('tmux', [...tmuxArguments(terminal.socket), '-N', '-C', ...enter], tmuxOptions());
    this.#listen();
    // Not to keep a process alive that has nothing else to do.
    this.#child.unref();
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) if (stream instanceof Socket) stream.unref();
  }

  #listen(): void {
    const lose = (): void => this.#end(true);
    this.#child.on('error', lose).on('exit', lose);
    this.#child.stdin.on('error', lose);
    this.#child.stderr.resume();
    const control = new ControlReplies();
    this.#child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      const { replies, connected, exit } = control.take(piece);
      this.#connected ||= connected;
      for (const { ok, text } of replies) {
        const asked = this.#waiting.shift();
        if (ok) asked?.resolve(text);
        else asked?.reject(new CommandFailed(text));
      }
      if (exit) lose();
    });
  }

  /** What the command printed; rejects with CommandFailed, or with ConnectionLost when nobody knows. */
  async run(command: Command): Promise<string> {
    if (this.#over) throw new ConnectionLost('the connection to tmux is closed');
    const asked = Promise.withResolvers<string>();
    this.#waiting.push(asked);
    this.#child.stdin.write(`${command.map(quoted).join(' ')}\n`);
    const wedged = setTimeout(() => this.#end(true), wedgeMs);
    try {
      return await asked.promise;
    } finally {
      clearTimeout(wedged);
    }
  }

  close(): void {
    this.#end(false);
  }

  #end(lost: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#child.stdin.end();
    for (const { reject } of this.#waiting) reject(new ConnectionLost('tmux closed the connection'));
    if (lost) {
      this.#child.kill('SIGKILL');
      this.#onLoss(this.#connected);
    }
  }
}

function quoted(word: string): string {
  if (/['\n]/.test(word)) throw new Error(`not a word for control mode: ${word}`);
  return `'${word}'`;
}
