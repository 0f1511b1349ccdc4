import { connect } from '../../api/client.ts';
import type { Define } from '../command.ts';
import { hasColour, printJson } from '../output/style.ts';
import { diffForTerminal } from '../screen/diff-lines.ts';
import { makePaint } from '../screen/paint.ts';

export const define: Define = (command) => {
  command
    .argument('<id>', 'id of a task or a session, or its beginning')
    .option('--json', 'one JSON document on stdout')
    .action(diff);
};

/** To a pipe the diff goes as it is, so that `git apply` can read it; a terminal gets it cleaned and coloured. */
async function diff(id: string, { json = false }: { json?: boolean }): Promise<void> {
  const client = await connect({ start: true });
  const text = await client.diff(id);
  if (json) return printJson({ id, diff: text });
  const shown = process.stdout.isTTY ? diffForTerminal(text, makePaint(hasColour(process.stdout))) : text;
  process.stdout.write(shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`);
  if (text === '') process.stderr.write('nothing has changed yet\n');
}
