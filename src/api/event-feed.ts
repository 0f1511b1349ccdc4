import { setTimeout as delay } from 'node:timers/promises';
import type { Engine, RunView } from '../engine/engine.ts';
import type { StreamMessage } from './contract/responses.ts';

export interface Feed {
  /** null: every run. */
  run: string | null;
  /** Rows after this one; null: only what comes from now on. */
  after: number | null;
  signal: AbortSignal;
}

export interface Fed {
  /** The newest row that the reader has seen with this message: where to go on after a lost connection. */
  seq: number;
  message: StreamMessage;
}

const pageSize = 500;
/** Rows come in bursts; a reader gets a run's picture at most this often. */
const restMs = 100;
/** Some of a run's picture (last lines, activities) changes without a row. */
const refreshMs = 1000;

/** Rows as they appear, and runs whenever they look different from what was sent last. Ends on abort. */
export async function* followLog(engine: Engine, feed: Feed): AsyncGenerator<Fed> {
  const { signal } = feed;
  const sent = new Map<string, string>();
  let seq = feed.after ?? (await engine.lastSeq());
  while (!signal.aborted) {
    for (const row of await rowsAfter(engine, feed, seq)) {
      seq = row.seq;
      if (row.message !== null) yield { seq, message: row.message };
    }
    for (const run of await picturesOf(engine, feed, sent)) yield { seq, message: { kind: 'run', run } };
    await somethingNew(engine, seq, signal);
  }
}

/** What was there when we looked; a last step without a message goes past rows of other runs. */
async function rowsAfter(
  engine: Engine,
  { run, signal }: Feed,
  start: number,
): Promise<{ seq: number; message: StreamMessage | null }[]> {
  if (signal.aborted) return [];
  const newest = await engine.lastSeq(); // before the rows: none may fall in between
  const rows = await engine.events(start, run, pageSize);
  const found = rows.map((event) => ({ seq: event.seq, message: { kind: 'event', event } as const }));
  const last = rows.at(-1)?.seq ?? start;
  const skipped = rows.length < pageSize && newest > last ? [{ seq: newest, message: null }] : [];
  return [...found, ...skipped];
}

/** Runs that look different from what this reader has. Finished ones are left out until they are asked for. */
async function picturesOf(
  engine: Engine,
  { run, signal }: Feed,
  sent: Map<string, string>,
): Promise<RunView[]> {
  if (signal.aborted) return [];
  const views = run === null ? await engine.runs() : [await engine.run(run)];
  return views.filter((view) => {
    const picture = JSON.stringify(view);
    const known = sent.get(view.id);
    const wanted = run !== null || known !== undefined || view.endedAt === null;
    if (!wanted || known === picture) return false;
    sent.set(view.id, picture);
    return true;
  });
}

async function somethingNew(engine: Engine, seq: number, signal: AbortSignal): Promise<void> {
  const woken = new AbortController();
  const either = AbortSignal.any([signal, woken.signal]);
  try {
    await delay(restMs, undefined, { signal });
    await Promise.race([engine.changed(seq, either), delay(refreshMs, undefined, { signal: either })]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    woken.abort();
  }
}
