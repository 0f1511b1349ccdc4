import { Command, CommanderError } from 'commander';
import { AoError } from '../api/contract/errors.ts';
import type { CommandEntry, Define } from './command.ts';

/** Reads the arguments of one command and runs it. Help and usage errors come out like every other outcome. */
export async function parse(entry: CommandEntry, define: Define, argv: readonly string[]): Promise<void> {
  const command = new Command(`ao ${entry.name}`).description(entry.summary);
  define(command);
  for (const each of [command, ...command.commands]) prepare(each);
  command.addHelpText('beforeAll', `${entry.examples.join('\n')}\n`);
  try {
    await command.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usage(error, entry.name);
  }
}

function prepare(command: Command): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureOutput({ writeErr: () => {} }); // the error says it, once
}

/** Commander puts its suggestion on a line of its own. */
function usage(error: CommanderError, name: string): AoError {
  if (error.code === 'commander.help') {
    return new AoError('usage', `ao ${name} needs to know what to do`, `See: ao ${name} --help`);
  }
  const [message = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n');
  const hint = suggestion.replace(/^\(|\)$/g, '');
  return new AoError('usage', message, hint === '' ? `See: ao ${name} --help` : hint);
}
