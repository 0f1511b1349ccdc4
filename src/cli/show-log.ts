import { connect, type Client } from '../api/client.ts';
import { AoError } from '../api/contract/errors.ts';
import type { SessionView } from '../api/contract/responses.ts';
import { readLog } from './read-log.ts';
import { LogCleaner } from './screen/log-cleaner.ts';

export interface LogWish {
  /** Offset of the first byte. */
  start: number;
  /** Go on until the session has ended. */
  follow: boolean;
  /** Control sequences reach a terminal too. */
  raw: boolean;
  /** Where the log goes instead of stdout. */
  write?: (text: string | Uint8Array) => void;
  /** Aborted when nobody looks any more. */
  signal?: AbortSignal;
}

/** Writes what an agent printed to stdout: cleaned for a terminal, as it is for everything else. */
export async function showLog(client: Client, session: SessionView, wish: LogWish): Promise<void> {
  const write = wish.write ?? ((text) => void process.stdout.write(text));
  const ended = endOf(client, session);
  const until = wish.follow ? async () => wish.signal?.aborted === true || (await ended()) : null;
  const cleaner = process.stdout.isTTY && !wish.raw ? new LogCleaner() : null;
  for await (const bytes of readLog(session.log, { start: wish.start, until })) {
    write(cleaner === null ? bytes : cleaner.take(bytes));
  }
  if (cleaner !== null) write(cleaner.end());
}

/** True once the session has ended. A daemon that is being replaced says nothing about that. */
function endOf(client: Client, { id, state }: SessionView): () => Promise<boolean> {
  let ended = state === 'ended';
  return async () => {
    if (ended) return true;
    try {
      ended = (await client.session(id)).state === 'ended';
    } catch (error) {
      if (!(error instanceof AoError) || error.code !== 'daemon') throw error;
      client = await connect({ start: true });
    }
    return ended;
  };
}
