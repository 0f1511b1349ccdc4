import type { CommandEntry, Define } from '../command.ts';
import { complete } from '../completion/complete.ts';
import { knownIds } from '../completion/ids.ts';
import { scripts } from '../completion/scripts.ts';
import { printJson, printLine } from '../output/style.ts';

/** The table of commands holds this one, so that it comes as an argument. */
export function completionOf(commands: readonly CommandEntry[]): Define {
  return (command) => {
    for (const [shell, script] of Object.entries(scripts)) {
      command
        .command(shell)
        .description(`print what ${shell} has to load`)
        .option('--json', 'the same in one JSON document')
        .action(({ json = false }: { json?: boolean }) => {
          if (json) printJson({ shell, script });
          else process.stdout.write(script);
        });
    }
    command
      .command('words', { hidden: true })
      .argument('[words...]', 'the words behind ao, of which the last is to be completed')
      .action(async (words: string[]) => {
        const candidates = await complete(words, { commands, ids: knownIds });
        for (const { word, means } of candidates) printLine(`${word}\t${means.replace(/\s+/g, ' ')}`.trim());
      });
  };
}
