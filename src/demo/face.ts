import { WriteStream } from 'node:tty';
import { hasColour } from '../cli/output/style.ts';
import { LiveTable } from '../cli/screen/live-table.ts';
import { makePaint } from '../cli/screen/paint.ts';
import { PlainLines } from '../cli/screen/plain-lines.ts';
import type { Face } from '../cli/screen/watch-run.ts';

/**
 * The same table or lines as those of `ao fix`, on stderr. There is nothing to ask on Ctrl-C: nobody wants to detach from
 * a demo.
 */
export function openFace(): Face {
  const stream: unknown = process.stderr;
  const canMove = stream instanceof WriteStream && stream.isTTY && process.env['TERM'] !== 'dumb';
  return canMove ? liveFace(stream) : plainFace();
}

function liveFace(terminal: WriteStream): Face {
  const table = new LiveTable(terminal, makePaint(hasColour(terminal)));
  return {
    announce: (text) => table.announce(text),
    take: (message) => table.take(message),
    ask: (wish) => table.ask(wish === 'watching' ? 'Ctrl-C ends the demo and removes it' : 'Ending the demo'),
    close: () => table.close(),
  };
}

function plainFace(): Face {
  const lines = new PlainLines();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  return {
    announce: (text) => lines.say(text, Date.now()).forEach(say),
    take: (message) => lines.take(message, Date.now()).forEach(say),
    ask: (wish) => {
      if (wish !== 'watching') lines.say('ending the demo', Date.now()).forEach(say);
    },
    close: () => {},
  };
}
