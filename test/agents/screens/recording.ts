// A recorded screen: what a client printed, and what was true of it at some of its bytes. fixtures/<agent>/<version>/screens/<scene>.gz
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ScreenReading } from '../../../src/domain/screen-reading.ts';

/** What was so when that many bytes had been printed: known from the model server and from what was typed, never from the screen. */
export interface Moment {
  at: number;
  state: ScreenReading['state'];
  why: string;
  /** What was typed and not sent, where that was watched. */
  draft?: string;
  /** What a terminal that does not say the first may show. */
  or?: ScreenReading['state'];
  /** So for a moment only: it may be read around here, but is not asked for. */
  passing?: true;
}

export interface ScreenRecording {
  client: string;
  version: string;
  scene: string;
  argv: readonly string[];
  moments: readonly Moment[];
  bytes: Buffer;
}

/** As the tmux runtime starts a terminal. */
export const size = { columns: 200, rows: 50 };

const fixtures = join(import.meta.dirname, '../fixtures');

/** One line of JSON, then the bytes. */
export function writeRecording({ bytes, ...told }: ScreenRecording): number {
  const path = join(fixtures, told.client, told.version, 'screens', `${told.scene}.gz`);
  mkdirSync(dirname(path), { recursive: true });
  const packed = gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(told)}\n`), bytes]), { level: 9 });
  writeFileSync(path, packed);
  return packed.length;
}

export function readRecordings(client: string): ScreenRecording[] {
  return globSync(join(fixtures, client, '*/screens/*.gz'))
    .toSorted()
    .map((path) => {
      const whole = gunzipSync(readFileSync(path));
      const end = whole.indexOf('\n');
      return { ...JSON.parse(whole.toString('utf8', 0, end)), bytes: whole.subarray(end + 1) };
    });
}

/** Those that there are recordings of. */
export const recordedClients = (): string[] =>
  [
    ...new Set(globSync(join(fixtures, '*/*/screens')).map((path) => basename(dirname(dirname(path))))),
  ].toSorted();
