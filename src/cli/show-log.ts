import { once } from 'node:events';
import type { Client } from '../api/client.ts';
import { LogCleaner } from './screen/log-cleaner.ts';

export interface LogWish {
  /** Only so many lines from the end; null: all. */
  last: number | null;
  /** Go on until the session has ended. */
  follow: boolean;
  /** All that the agent printed, as it is. */
  raw: boolean;
  /** Where the log goes instead of stdout; what comes next waits for it. */
  write?: (text: string | Uint8Array) => Promise<void> | void;
  /** Aborted when nobody looks any more. */
  signal?: AbortSignal;
}

/** Writes what an agent said to stdout: cleaned for a terminal, as it is for everything else. Secrets have gone already. */
export async function showLog(client: Pick<Client, 'log'>, session: string, wish: LogWish): Promise<void> {
  const { write = toStdout } = wish;
  const cleaner = process.stdout.isTTY && !wish.raw ? new LogCleaner() : null;
  for await (const bytes of logOf(client, session, wish)) {
    await write(cleaner === null ? bytes : cleaner.take(bytes));
  }
  if (cleaner !== null) await write(cleaner.end());
}

export function logOf(
  client: Pick<Client, 'log'>,
  session: string,
  wish: LogWish,
): AsyncIterable<Uint8Array> {
  const { last, follow, raw, signal = new AbortController().signal } = wish;
  return client.log(session, { after: 0, last, raw, follow }, signal);
}

/** A pager that is not read takes no more, and the rest stays where it is. */
async function toStdout(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
