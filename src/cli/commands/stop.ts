import { connect } from '../../api/client.ts';
import { quoted } from '../../lib/shell.ts';
import type { Define } from '../command.ts';
import { printJson, printLine } from '../output/style.ts';

export const define: Define = (command) => {
  command
    .argument('<run>', 'id of a run, or its beginning')
    .option('--json', 'one JSON document on stdout')
    .action(async (id: string, { json = false }: { json?: boolean }) => {
      const client = await connect({ start: true });
      const run = await client.stop(id);
      if (json) return printJson(run);
      const how = run.outcome === 'stopped' ? 'stopped, its agents’ work is saved' : `ended: ${run.outcome}`;
      printLine(`run ${run.id} ${how}`);
      if (run.outcome === 'stopped') printLine(`Go on: ao fix ${quoted(run.path)} --resume`);
    });
};
