#!/usr/bin/env node
/** The command line: finds the command, loads its file and nothing else, and turns what goes wrong into an exit code. */
import { commands } from './commands.ts';
import type { CommandEntry } from './command.ts';
import { failWith, tolerateFailingStreams } from './output/failure.ts';

tolerateFailingStreams();
const [first, ...rest] = process.argv.slice(2);

try {
  await run(first, rest);
} catch (error) {
  await failWith(error, process.argv.includes('--json'));
}

async function run(name: string | undefined, argv: readonly string[]): Promise<void> {
  if (name === '--version' || name === '-V') return printVersion();
  if (name === undefined || name === '--help' || name === '-h') return printHelp();
  if (name === 'help')
    return argv[0] === undefined ? printHelp() : runCommand(await find(argv[0]), ['--help']);
  return runCommand(await find(name), argv);
}

async function find(name: string): Promise<CommandEntry> {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const { usageError } = await import('./output/did-you-mean.ts');
  throw usageError(
    `there is no command "${name}"`,
    name,
    commands.map((command) => command.name),
  );
}

async function runCommand(entry: CommandEntry, argv: readonly string[]): Promise<void> {
  const { parse } = await import('./parse.ts');
  const { define } = await entry.load();
  await parse(entry, define, argv);
}

async function printVersion(): Promise<void> {
  const { packageVersion } = await import('../lib/package-version.ts');
  process.stdout.write(`${packageVersion()}\n`);
}

async function printHelp(): Promise<void> {
  const { help } = await import('./output/help.ts');
  process.stdout.write(help(commands));
}
