import { connect } from '../api/client.ts';
import type { Define } from './command.ts';
import { printJson, printLine } from './output/style.ts';
import { oneLine } from './screen/text-width.ts';

interface Options {
  request?: string;
  reason?: string;
  json?: boolean;
}

/** A command by which a person answers what an agent asks to be allowed. */
export function permitCommand(allow: boolean): Define {
  return (command) => {
    command.argument('<session>', 'id of a session or of its task, or its beginning');
    if (!allow) command.option('--reason <text>', 'what the agent is told', 'not allowed');
    command
      .option('--request <id>', 'which question, where several are open (see ao status)')
      .option('--json', 'one JSON document on stdout')
      .action(async (id: string, { request, reason = '', json = false }: Options) => {
        const client = await connect({ start: true });
        const asked = (await client.session(id)).asks;
        const message = await client.permit(id, { request: request ?? null, allow, reason });
        if (json) return printJson(message);
        const title = asked.find((one) => request === undefined || one.request === request)?.title ?? '';
        printLine(`${allow ? 'allowed' : 'denied'} for ${message.session}: ${oneLine(title)}`);
      });
  };
}
