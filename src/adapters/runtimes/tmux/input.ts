import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RuntimeHandle, Terminal } from '../../../domain/task.ts';
import { KeyedMutex } from '../../../lib/keyed-mutex.ts';
import type { Delivery } from '../../../ports/runtime.ts';
import { DirectoryChanges } from '../directory-changes.ts';
import { requireReader } from '../held-session.ts';
import { names } from '../session-files.ts';
import { type Command, tmux, tmuxError } from './server.ts';
import { typableText } from './typable-text.ts';

/** A program that shows what is pasted has done so by then; Enter that it reads together with the paste is text to some. */
const pasteMs = 200;
/** A program that answers Enter shows something within this time. */
const reactionMs = 1000;
/** Two keys that come at once are another one to some: of two Escapes they see one. */
const keysApartMs = 400;

/** Text and Enter of one message stay together. */
const order = new KeyedMutex();

/**
 * Pastes text into a session's terminal and presses Enter where it ends with a newline. A paste is bracketed where the program asked
 * for that; where it did not, it sees the bytes as if they were typed, with newlines as they are. The system
 * cuts a line at 4 KB for a program that reads whole lines from a terminal.
 */
export function typeInto(handle: RuntimeHandle, terminal: Terminal, text: string): Promise<Delivery> {
  return order.run(`${terminal.socket} ${terminal.session}`, async () => {
    await requireReader(handle);
    const typable = typableText(text);
    const enter = typable.endsWith('\n');
    const body = enter ? typable.slice(0, -1) : typable;
    try {
      if (body !== '') await untilShown(handle, pasteMs, () => paste(terminal, body));
      const reaction = enter
        ? await untilShown(handle, reactionMs, () => tmux(terminal.socket, keyAt(terminal, 'Enter')))
        : null;
      return { bytes: Buffer.byteLength(typable), reaction };
    } catch (error) {
      throw tmuxError(error, 'write to the terminal');
    }
  });
}

/** Each some time behind the one before, and behind what that made the program show: what it opens takes the next one. */
export function pressIn(handle: RuntimeHandle, terminal: Terminal, keys: readonly string[]): Promise<void> {
  return order.run(`${terminal.socket} ${terminal.session}`, async () => {
    await requireReader(handle);
    try {
      for (const [at, key] of keys.entries()) {
        if (at > 0) await delay(keysApartMs);
        await untilShown(handle, pasteMs, () => tmux(terminal.socket, keyAt(terminal, key)));
      }
    } catch (error) {
      throw tmuxError(error, 'press a key in the terminal');
    }
  });
}

/** From standard input, because a command line ends at 16 KB. */
async function paste(terminal: Terminal, text: string): Promise<void> {
  const buffer = ['-b', `ao-${terminal.session}`];
  const load = ['load-buffer', ...buffer, '-'];
  await tmux(
    terminal.socket,
    [load, ['paste-buffer', '-p', '-r', '-d', ...buffer, ...paneOf(terminal)]],
    text,
  );
}

/** A person who looks back at what was printed would get the key; they see what happens now instead. */
function keyAt(terminal: Terminal, key: string): Command[] {
  const target = paneOf(terminal);
  return [
    ['copy-mode', '-q', ...target],
    ['send-keys', ...target, key],
  ];
}

const paneOf = ({ session }: Terminal): string[] => ['-t', `=${session}:`];

/** Does something to a terminal; true when that prints anything within the time. */
async function untilShown(handle: RuntimeHandle, ms: number, act: () => Promise<unknown>): Promise<boolean> {
  const changes = new DirectoryChanges(handle.dir, [names.output]);
  const size = async (): Promise<number> => (await stat(join(handle.dir, names.output))).size;
  try {
    const before = await size();
    await act();
    const over = AbortSignal.timeout(ms);
    while (!over.aborted && (await size()) === before) await changes.next(ms, over);
    return (await size()) > before;
  } finally {
    changes.close();
  }
}
