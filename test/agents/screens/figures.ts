// How often what is read is right, agent by agent, as the table in docs/agents.md: `npm run test:agents -- --table`.
import { clients } from '../clients/catalogue.ts';
import { cutsOf, judge, type Judged, misreadCuts } from './corpus.ts';
import { readRecordings } from './recording.ts';
import { judgeStreams } from './streams.ts';

export interface Figures {
  client: string;
  scenes: number;
  judged: readonly Judged[];
  cuts: number;
  misread: readonly string[];
  streams: { moments: number; right: number };
  /** Read as idle where it was not, of all three. */
  wrongIdle: number;
}

export const allFigures = (): Promise<Figures[]> => Promise.all(clients.map(({ name }) => figuresOf(name)));

async function figuresOf(client: string): Promise<Figures> {
  const recordings = readRecordings(client);
  const judged = (await Promise.all(recordings.map(judge))).flat();
  const cuts = recordings.map((recording) => ({ recording, at: cutsOf(recording) }));
  const misread = (await Promise.all(cuts.map(({ recording, at }) => misreadCuts(recording, at)))).flat();
  const streams = judgeStreams(client);
  const wrong = judged.filter(({ right }) => !right);
  const wrongStreams = streams.filter(({ right }) => !right);
  return {
    client,
    scenes: recordings.length,
    judged,
    cuts: cuts.reduce((sum, { at }) => sum + at.length, 0),
    misread,
    streams: { moments: streams.length, right: streams.length - wrongStreams.length },
    wrongIdle:
      wrong.filter(({ reading, moment }) => reading.state === 'idle' && moment.state !== 'idle').length +
      misread.filter((line) => / at \d+: idle /.test(line)).length +
      wrongStreams.filter(({ found }) => found === 'idle').length,
  };
}

const rightOf = ({ judged }: Figures): number => judged.filter(({ right }) => right).length;

/** Of all labelled moments. */
export function shareOf(figures: readonly Figures[]): { right: number; all: number } {
  const sum = (pick: (each: Figures) => number): number =>
    figures.reduce((total, each) => total + pick(each), 0);
  return {
    right: sum((each) => rightOf(each) + each.streams.right),
    all: sum(({ judged, streams }) => judged.length + streams.moments),
  };
}

export function makeScreensTable(figures: readonly Figures[]): string {
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const { right, all } = shareOf(figures);
  const cuts = figures.reduce((sum, each) => sum + each.cuts, 0);
  const wrongCuts = figures.reduce((sum, each) => sum + each.misread.length, 0);
  const idle = figures.reduce((sum, { wrongIdle }) => sum + wrongIdle, 0);
  return [
    row([
      'agent',
      'scenes',
      'moments of screens, right',
      'cuts anywhere, wrong',
      'moments of streams, right',
      'wrong “idle”',
    ]),
    row(Array.from({ length: 6 }, () => '---')),
    ...figures.map((each) =>
      row([
        `\`${each.client}\``,
        each.scenes || '–',
        each.scenes === 0 ? '–' : `${rightOf(each)} of ${each.judged.length}`,
        each.scenes === 0 ? '–' : `${each.misread.length} of ${each.cuts}`,
        `${each.streams.right} of ${each.streams.moments}`,
        each.wrongIdle,
      ]),
    ),
    row([
      'all',
      '',
      `${right} of ${all} (${(Math.floor((1000 * right) / all) / 10).toFixed(1)} %)`,
      `${wrongCuts} of ${cuts}`,
      '',
      idle,
    ]),
  ].join('\n');
}
