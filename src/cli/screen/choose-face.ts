import { WriteStream } from 'node:tty';
import { hasColour } from '../output/style.ts';
import { footersOf } from './interruption.ts';
import { LiveTable } from './live-table.ts';
import { makePaint } from './paint.ts';
import { PlainLines } from './plain-lines.ts';
import type { Face } from './watch-run.ts';
import type { Wishes } from './wishes.ts';

/**
 * The live table where stderr is a terminal that can move its cursor, else plain lines there. Never stdout: that is for
 * the summary and the report.
 */
export function chooseFace(wishes: Wishes): Face {
  const stream: unknown = process.stderr;
  if (stream instanceof WriteStream && stream.isTTY && process.env['TERM'] !== 'dumb')
    return liveFace(stream, wishes);
  return plainFace();
}

function liveFace(terminal: WriteStream, wishes: Wishes): Face {
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
  return {
    announce: (text) => table.announce(text),
    take: (message) => table.take(message),
    ask: (wish) => table.ask(...footersOf(wish)),
    close: () => {
      wishes.off('suspend', suspend);
      table.close();
    },
  };
}

function plainFace(): Face {
  const lines = new PlainLines();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  return {
    announce: (text) => lines.say(text, Date.now()).forEach(say),
    take: (message) => lines.take(message, Date.now()).forEach(say),
    ask: (wish) => {
      if (wish === 'stopping') lines.say('stopping, as you asked', Date.now()).forEach(say);
    },
    close: () => {},
  };
}
