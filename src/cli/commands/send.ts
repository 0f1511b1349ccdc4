import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { connect } from '../../api/client.ts';
import { AoError } from '../../api/contract/errors.ts';
import type { Define } from '../command.ts';
import { printJson, printLine } from '../output/style.ts';
import { untilSettled } from '../until-settled.ts';

interface Options {
  file?: string;
  interrupt?: boolean;
  wait?: boolean;
  json?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('<session>', 'id of a session or of its task, or its beginning')
    .argument('[text]', 'what to say; - reads it from standard input')
    .option('--file <file>', 'say what that file holds')
    .option('--interrupt', 'end what the agent is doing first')
    .option('--wait', 'return only when the agent has it, or cannot have it any more')
    .option('--json', 'one JSON document on stdout')
    .action(send);
};

async function send(id: string, said: string | undefined, options: Options): Promise<void> {
  const text = await textOf(said, options.file);
  const client = await connect({ start: true });
  const queued = await client.send(id, { text, interrupt: options.interrupt === true });
  const message = options.wait === true ? await untilSettled(client, queued) : queued;
  if (message.state === 'undelivered') {
    throw new AoError('failed', `it was not delivered: ${message.problem ?? ''}`, 'Its text is kept.');
  }
  if (options.json === true) return printJson(message);
  printLine(message.state === 'received' ? `${message.session} has it` : `queued for ${message.session}`);
}

async function textOf(said: string | undefined, file: string | undefined): Promise<string> {
  if ((said === undefined) === (file === undefined)) {
    throw new AoError(
      'usage',
      'say one thing',
      'ao send SESSION "text", or --file FILE, or - for standard input',
    );
  }
  const text = file !== undefined ? await fileText(file) : said === '-' ? await readAll(process.stdin) : said;
  if (text === undefined || text.trim() === '') throw new AoError('usage', 'there is nothing to say');
  return text;
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AoError('usage', `${file} cannot be read`, null, { cause });
  }
}
