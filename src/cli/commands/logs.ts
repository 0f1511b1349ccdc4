import { connect } from '../../api/client.ts';
import { AoError } from '../../api/contract/errors.ts';
import type { Define } from '../command.ts';
import { printJson } from '../output/style.ts';
import { logOf, showLog } from '../show-log.ts';

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
    .option('--raw', 'all that the agent printed, as it is: lines of its protocol, control sequences')
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
  if (json) {
    const chunks: Buffer[] = [];
    for await (const bytes of logOf(client, session.id, { last, follow, raw }))
      chunks.push(Buffer.from(bytes));
    return printJson({ session, text: Buffer.concat(chunks).toString('utf8') });
  }
  await showLog(client, session.id, { last, follow, raw });
}

function lineCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AoError(
    'usage',
    `--lines: "${text}" is not a number of lines`,
    'For example: ao logs ab12 -n 50',
  );
}
