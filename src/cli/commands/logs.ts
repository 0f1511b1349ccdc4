import { connect, type Client } from '../../api/client.ts';
import { AoError } from '../../api/contract/errors.ts';
import type { SessionView } from '../../api/contract/responses.ts';
import type { Define } from '../command.ts';
import { printJson } from '../output/style.ts';
import { readLog, tailStart } from '../read-log.ts';
import { LogCleaner } from '../screen/log-cleaner.ts';

interface Options {
  follow?: boolean;
  lines?: string;
  raw?: boolean;
  json?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('<id>', 'id of a task (its last session) or of a session, or its beginning')
    .option('-f, --follow', 'go on until the session has ended')
    .option('-n, --lines <n>', 'only the last lines')
    .option('--raw', 'control sequences too, as the agent wrote them')
    .option('--json', 'one JSON document on stdout')
    .action(logs);
};

async function logs(id: string, options: Options): Promise<void> {
  const { follow = false, raw = false, json = false } = options;
  const last = options.lines === undefined ? null : lineCount(options.lines);
  if (follow && json)
    throw new AoError('usage', '--follow has no end that --json could wait for', 'Leave one out.');
  const client = await connect({ start: true });
  const session = await client.session(id);
  const start = last === null ? 0 : await tailStart(session.log, last);
  if (json) {
    const chunks: Buffer[] = [];
    for await (const bytes of readLog(session.log, { start, until: null })) chunks.push(bytes);
    return printJson({ session, text: Buffer.concat(chunks).toString('utf8') });
  }
  const until = follow ? endOf(client, session) : null;
  const cleaner = process.stdout.isTTY && !raw ? new LogCleaner() : null;
  for await (const bytes of readLog(session.log, { start, until })) {
    process.stdout.write(cleaner === null ? bytes : cleaner.take(bytes));
  }
  if (cleaner !== null) process.stdout.write(cleaner.end());
}

function lineCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AoError(
    'usage',
    `--lines: "${text}" is not a number of lines`,
    'For example: ao logs ab12 -n 50',
  );
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
