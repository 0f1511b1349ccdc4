import { connect } from '../api/client.ts';
import type { Define } from './command.ts';
import { printJson, printLine } from './output/style.ts';
import { phaseOf } from './screen/phases.ts';
import { oneLine } from './screen/text-width.ts';

/** A command by which a person answers a task. */
export function answerCommand(answer: 'retry' | 'cancel' | 'accept'): Define {
  return (command) => {
    command
      .argument('<task>', 'id of a task, or its beginning')
      .option('--json', 'one JSON document on stdout')
      .action(async (id: string, { json = false }: { json?: boolean }) => {
        const client = await connect({ start: true });
        const task = await client[answer](id);
        if (json) return printJson(task);
        printLine(`task ${task.id.slice(0, 8)} ${oneLine(task.title)}: ${phaseOf(task).word}`);
        if (answer !== 'cancel') printLine('Watch it: ao status');
      });
  };
}
