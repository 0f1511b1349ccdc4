import { connect } from '../../api/client.ts';
import { AoError } from '../../api/contract/errors.ts';
import type { CleanResult } from '../../api/contract/responses.ts';
import { parseDuration } from '../../lib/duration.ts';
import type { Define } from '../command.ts';
import { printJson, printLine } from '../output/style.ts';
import { columns } from '../screen/columns.ts';

interface Options {
  olderThan: string;
  dryRun?: boolean;
  json?: boolean;
}

export const define: Define = (command) => {
  command
    .option('--older-than <duration>', 'only what ended longer ago than this', '7d')
    .option('--dry-run', 'show what would go, remove nothing')
    .option('--json', 'one JSON document on stdout')
    .action(clean);
};

async function clean({ olderThan, dryRun = false, json = false }: Options): Promise<void> {
  const olderThanMs = olderThan === '0' ? 0 : parseDuration(olderThan);
  if (olderThanMs === null) {
    throw new AoError(
      'usage',
      `--older-than: "${olderThan}" is not a duration`,
      'Write it like 7d, 12h or 0.',
    );
  }
  const client = await connect({ start: true });
  const result = await client.clean({ olderThanMs, dryRun });
  if (json) printJson(result);
  else cleanLines(result, dryRun).forEach(printLine);
}

function cleanLines({ removed, kept }: CleanResult, dryRun: boolean): string[] {
  const bytes = removed.reduce((sum, entry) => sum + entry.bytes, 0);
  const things = `${removed.length} ${removed.length === 1 ? 'thing' : 'things'} (${size(bytes)})`;
  const sum = dryRun ? `would remove ${things}` : `removed ${things}`;
  return [
    ...(removed.length === 0
      ? []
      : columns(
          ['KIND', 'SIZE', 'NAME'],
          removed.map((entry) => [entry.kind, size(entry.bytes), entry.name]),
        )),
    ...kept.map(({ kind, name, reason }) => `kept ${kind} ${name}: ${reason}`),
    removed.length === 0 ? 'nothing to remove' : sum,
  ];
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}
