import { WriteStream } from 'node:tty';
import { hasColour } from '../output/style.ts';
import { footersOf, type Wish } from './interruption.ts';
import { LiveTable } from './live-table.ts';
import { makePaint } from './paint.ts';
import { PlainLines } from './plain-lines.ts';
import type { Face } from './watch-run.ts';
import type { Wishes } from './wishes.ts';

/** What a person is told of the own wishes. */
interface Words {
  /** Below the table; the first that fits is shown. */
  footers(wish: Wish): readonly string[];
  /** Among plain lines; null: nothing. */
  line(wish: Wish): string | null;
}

const asked: Words = {
  footers: footersOf,
  line: (wish) => (wish === 'stopping' ? 'stopping, as you asked' : null),
};

/**
 * The live table where stderr is a terminal that can move its cursor and knows its size, else plain lines there. Never
 * stdout: that is for the summary and the report. In the table the keyboard answers, and Ctrl-Z works as everywhere.
 */
export function chooseFace(wishes: Wishes): Face {
  const terminal = movingTerminal();
  if (terminal === null) return plainFace(asked);
  const table = new LiveTable(terminal, makePaint(hasColour(terminal)));
  const suspend = (): void => {
    table.pause();
    wishes.releaseKeyboard();
    process.once('SIGCONT', () => {
      wishes.takeKeyboardAgain();
      table.resume();
    });
    process.kill(0, 'SIGTSTP'); // the whole job, as the terminal would
  };
  wishes.listenTo(process.stdin);
  wishes.on('suspend', suspend);
  const face = liveFace(table, asked);
  return {
    ...face,
    close: () => {
      wishes.off('suspend', suspend);
      face.close();
    },
  };
}

/** The same table or lines, where nothing is asked. */
export function quietFace(words: Words): Face {
  const terminal = movingTerminal();
  if (terminal === null) return plainFace(words);
  return liveFace(new LiveTable(terminal, makePaint(hasColour(terminal))), words);
}

function movingTerminal(): WriteStream | null {
  const stream: unknown = process.stderr;
  const moves = stream instanceof WriteStream && stream.isTTY && process.env['TERM'] !== 'dumb';
  return moves && stream.columns > 0 && stream.rows > 0 ? stream : null;
}

function liveFace(table: LiveTable, { footers }: Words): Face {
  return {
    announce: (text) => table.announce(text),
    take: (message) => table.take(message),
    ask: (wish) => table.ask(...footers(wish)),
    close: () => table.close(),
  };
}

function plainFace({ line }: Words): Face {
  const lines = new PlainLines();
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  return {
    announce: (text) => lines.say(text, Date.now()).forEach(say),
    take: (message) => lines.take(message, Date.now()).forEach(say),
    ask: (wish) => {
      const text = line(wish);
      if (text !== null) lines.say(text, Date.now()).forEach(say);
    },
    close: () => {},
  };
}
