import type { Client } from '../api/client.ts';
import { LogCleaner } from './screen/log-cleaner.ts';

export interface LogWish {
  /** Only so many lines from the end; null: all. */
  last: number | null;
  /** Go on until the session has ended. */
  follow: boolean;
  /** All that the agent printed, as it is. */
  raw: boolean;
  /** Where the log goes instead of stdout. */
  write?: (text: string | Uint8Array) => void;
  /** Aborted when nobody looks any more. */
  signal?: AbortSignal;
}

/** Writes what an agent said to stdout: cleaned for a terminal, as it is for everything else. Secrets have gone already. */
export async function showLog(client: Client, session: string, wish: LogWish): Promise<void> {
  const write = wish.write ?? ((text) => void process.stdout.write(text));
  const cleaner = process.stdout.isTTY && !wish.raw ? new LogCleaner() : null;
  for await (const bytes of logOf(client, session, wish)) {
    write(cleaner === null ? bytes : cleaner.take(bytes));
  }
  if (cleaner !== null) write(cleaner.end());
}

export function logOf(client: Client, session: string, wish: LogWish): AsyncIterable<Uint8Array> {
  const { last, follow, raw, signal = new AbortController().signal } = wish;
  return client.log(session, { after: 0, last, raw, follow }, signal);
}
