// What the readers make of every recorded screen.
import { TerminalScreen } from '../../../src/lib/terminal-screen.ts';
import type { ScreenReading } from '../../../src/domain/screen-reading.ts';
import { type Moment, type ScreenRecording, size } from './recording.ts';
import { type ScreenReader, unseen } from '../../../src/adapters/agents/screen-parts.ts';
import { readers } from './readers.ts';

export interface Judged {
  recording: ScreenRecording;
  moment: Moment;
  reading: ScreenReading;
  right: boolean;
}

/** As the engine looks: not in the middle of a frame. */
function readAll(read: ScreenReader, screen: TerminalScreen): ScreenReading {
  const { title, declared } = screen;
  if (screen.drawing) return unseen;
  return read(screen.rows(), { bright: screen.brightRows(), title, declared });
}

/** Each labelled moment, read as it was. */
export async function judge(recording: ScreenRecording): Promise<Judged[]> {
  const read = readers[recording.client];
  if (read === undefined) throw new Error(`nobody reads the screens of ${recording.client}`);
  const screen = new TerminalScreen(size);
  const judged: Judged[] = [];
  let from = 0;
  for (const moment of recording.moments.filter(({ passing }) => passing !== true)) {
    await screen.write(recording.bytes.subarray(from, moment.at));
    from = Math.max(from, moment.at);
    // The engine does not look in the middle of a frame, but at its end.
    for (; screen.drawing && from < recording.bytes.length; from += 1)
      await screen.write(recording.bytes.subarray(from, from + 1));
    const reading = readAll(read, screen);
    const right =
      [moment.state, moment.or].includes(reading.state) && (moment.draft ?? reading.draft) === reading.draft;
    judged.push({ recording, moment, reading, right });
  }
  screen.close();
  return judged;
}

/**
 * Cut anywhere, within an escape sequence too: what is read is true just before or just after, or it is nothing. On the way from one state
 * to another it may be at work.
 */
export async function misreadCuts(recording: ScreenRecording, cuts: readonly number[]): Promise<string[]> {
  const read = readers[recording.client];
  if (read === undefined) throw new Error(`nobody reads the screens of ${recording.client}`);
  const screen = new TerminalScreen(size);
  const wrong: string[] = [];
  let from = 0;
  for (const cut of cuts) {
    await screen.write(recording.bytes.subarray(from, cut));
    from = cut;
    const reading = readAll(read, screen);
    const states = statesAround(recording.moments, cut);
    if (reading.state !== 'unknown' && !states.has(reading.state))
      wrong.push(
        `${recording.scene} at ${cut}: ${reading.state} (“${reading.quote}”), not ${[...states].join(' or ')}`,
      );
  }
  screen.close();
  return wrong;
}

/**
 * From the last lasting moment before it to the first one after it; on the way from one state to another it may be at work, and before
 * its first work at rest.
 */
function statesAround(moments: readonly Moment[], cut: number): Set<Moment['state']> {
  const next = moments.findIndex(({ at }) => at >= cut);
  const after = next < 0 ? [] : moments.slice(next);
  const before = (next < 0 ? moments : moments.slice(0, next)).toReversed();
  const near = [before, after].flatMap((side) => {
    const lasting = side.findIndex(({ passing }) => passing !== true);
    return side.slice(0, lasting + 1).flatMap(({ state, or }) => (or === undefined ? state : [state, or]));
  });
  const states = new Set(near);
  if (states.size > 1) states.add('working');
  if (before[0]?.at === 0 && after[0]?.state === 'working') states.add('idle');
  return states;
}

/** Some places in it, the same ones each time, spread over all of it. */
export function cutsOf({ bytes }: ScreenRecording, count = 400): number[] {
  const step = Math.max(1, bytes.length / count);
  return Array.from({ length: Math.floor(bytes.length / step) }, (_, at) => Math.floor((at + 0.5) * step));
}
