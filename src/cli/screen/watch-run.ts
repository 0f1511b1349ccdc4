import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../api/client.ts';
import { AoError } from '../../api/contract/errors.ts';
import type { RunView, StreamMessage } from '../../api/contract/responses.ts';
import type { Wish } from './interruption.ts';
import type { Wishes } from './wishes.ts';

/** What shows a run while it goes on: the live table, or plain lines. */
export interface Face {
  announce(text: string): void;
  take(message: StreamMessage): void;
  ask(wish: Wish): void;
  close(): void;
}

export interface Watch {
  client: Pick<Client, 'events' | 'stop'>;
  run: string;
  /** Rows of the log after this one are shown; null: from now on. */
  after: number | null;
  face: Face;
  wishes: Wishes;
}

/** The run as it ended; or who watched left it, and whether it is being stopped. */
export type Ending =
  | { kind: 'finished'; view: RunView; stopped: boolean }
  | { kind: 'detached' }
  | { kind: 'left' };

const lastRowsMs = 500;
const askAgainMs = 300;

/** Shows a run until it has ended or the person wants no more of it; stops it where they want that. */
export async function watchRun({ client, run, after, face, wishes }: Watch): Promise<Ending> {
  const leaving = new AbortController();
  let stopping: Promise<void> | null = null;
  let failure: unknown = null;
  const fail = (error: unknown): void => {
    failure = error;
    leaving.abort();
  };
  const follow = (wish: Wish): void => {
    face.ask(wish);
    if (wish === 'stopping') stopping ??= stopRun(client, run, leaving.signal).catch(fail);
    if (wish === 'detached' || wish === 'left') leaving.abort();
  };
  wishes.on('change', follow);
  follow(wishes.wish);
  try {
    const view = await lastPicture(client.events({ run, after, signal: leaving.signal }), face, leaving);
    if (failure !== null) throw failure;
    if (view !== null) return { kind: 'finished', view, stopped: stopping !== null };
    return { kind: wishes.wish === 'left' ? 'left' : 'detached' };
  } finally {
    wishes.off('change', follow);
    leaving.abort();
  }
}

/**
 * The picture of the finished run, null when the person left before. A picture is newer than the rows that came before
 * it, so the last rows may still be on their way.
 */
async function lastPicture(
  messages: AsyncIterable<StreamMessage>,
  face: Face,
  leaving: AbortController,
): Promise<RunView | null> {
  let finished: RunView | null = null;
  let timer: NodeJS.Timeout | null = null;
  let toldEnd = false;
  try {
    for await (const message of messages) {
      face.take(message);
      if (message.kind === 'event') toldEnd = message.event.type === 'run.finish';
      if (message.kind === 'run') finished = message.run.state === 'finished' ? message.run : null;
      if (finished === null) continue;
      if (toldEnd) break;
      timer ??= setTimeout(() => leaving.abort(), lastRowsMs);
    }
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
  return finished;
}

/** Asks until a daemon has heard it: one that is being replaced at this moment does not answer. */
async function stopRun(client: Watch['client'], run: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.stop(run);
      return;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      await delay(askAgainMs);
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof AoError && error.code === 'daemon';
}
