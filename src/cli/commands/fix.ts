import { type Command, Option } from 'commander';
import { fixSettings, defaultOf, type Setting } from '../../config/settings.ts';
import type { Define } from '../command.ts';
import { fix } from '../fix.ts';

interface Switches {
  json?: boolean;
  detach?: boolean;
  resume?: boolean;
  dryRun?: boolean;
}

export const define: Define = (command) => {
  command.argument('[path]', 'folder of the repository (default: the one you are in)');
  for (const setting of fixSettings) command.addOption(optionOf(setting));
  command
    .option('--detach', 'print the id of the run and return; it goes on')
    .option('--resume', 'go on with the last run of this repository, with its own options')
    .option('--dry-run', 'show findings and planned tasks, change nothing')
    .option('--json', 'one report document on stdout')
    .action((path: string | undefined, options: Switches, self: Command) => {
      const { json = false, detach = false, resume = false, dryRun = false } = options;
      return fix({ path: path ?? null, flags: flagsOf(self), json, detach, resume, dryRun });
    });
};

function optionOf(setting: Setting): Option {
  const known = defaultOf(setting);
  const choices = setting.choices === undefined ? '' : `: ${setting.choices.join(', ')}`;
  const fallback = known === null || setting.kind === 'switch' ? '' : ` (default: ${known})`;
  const option = new Option(setting.flag, `${setting.help}${choices}${fallback}`);
  if (setting.kind === 'checks' || setting.kind === 'names') {
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  }
  return option.hideHelp(setting.hidden === true);
}

/** What was typed, by the keys of the settings; the daemon reads and checks it. */
function flagsOf(command: Command): Record<string, string | boolean | string[]> {
  const typed = fixSettings.flatMap((setting): [string, string | boolean | string[]][] => {
    const name = optionOf(setting).attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return [];
    return [[setting.key, command.getOptionValue(name)]];
  });
  return Object.fromEntries(typed);
}
