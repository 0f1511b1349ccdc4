import { exitCode } from '../../api/contract/errors.ts';
import { fixSettings, type Setting, variables } from '../../config/settings.ts';
import type { CommandEntry } from '../command.ts';

const exitMeanings: Record<keyof typeof exitCode, string> = {
  ok: 'done; for ao fix: the target is green',
  failed: 'something remains, or the request failed',
  usage: 'wrong command line',
  config: 'wrong configuration file or AO_… variable',
  daemon: 'the daemon does not run, or cannot',
  notFound: 'no such run, task or session',
  conflict:
    'another run with other options works on that repository, or a task or session is past that answer',
  interrupted: 'interrupted; work is saved',
};

/** `ao --help`. */
export function help(commands: readonly CommandEntry[]): string {
  const shown = fixSettings.filter((setting: Setting) => setting.hidden !== true);
  return [
    'ao fix --check test="npm test" --agent claude-code',
    '',
    'ao turns failing checks into verified commits, with many agents side by side.',
    '',
    'Commands (each has --help)',
    ...table(commands.map(({ name, summary }) => [`ao ${name}`, summary])),
    '',
    'Exit codes',
    ...table(exitCodes().map(([name, code]) => [String(code), exitMeanings[name]])),
    '',
    'Variables',
    ...table(variables.map(({ name, help: text }) => [name, text])),
    ...wrap(`Each setting of ao fix has one too: ${shown.map(({ variable }) => variable).join(', ')}.`),
    '',
    'Flags win over variables, variables over agent-orchestrator.yaml.',
    '',
  ].join('\n');
}

function exitCodes(): [keyof typeof exitCode, number][] {
  return Object.entries(exitCode) as [keyof typeof exitCode, number][];
}

const width = 80;

function table(rows: readonly (readonly [string, string])[]): string[] {
  const first = Math.max(...rows.map(([name]) => name.length));
  const indent = ' '.repeat(first + 3);
  return rows.flatMap(([name, text]) => wrap(text, `  ${name.padEnd(first)} `, indent));
}

function wrap(text: string, head = ' ', indent = ' '): string[] {
  const lines = [head];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (`${last} ${word}`.length > width) lines.push(`${indent} ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
