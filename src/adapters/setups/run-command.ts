import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AoError } from '../../domain/errors.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { findExecutable } from '../../lib/executable.ts';
import { runProgram } from '../../lib/subprocess.ts';
import type { SetupRun } from '../../ports/checks.ts';
import type { SetupCommand } from './recipe.ts';

const timeoutMs = 30 * 60 * 1000;
const maxBytes = 1024 * 1024;
const shownLength = 4000;

/** Runs one command of a setup in the checkout; its output is kept in `setup.log`. Rejects with one clear AoError. */
export async function runCommand(run: SetupRun, command: SetupCommand, shown?: string): Promise<string> {
  const name = shown ?? command.argv.join(' ');
  const program = await runProgram({
    argv: [...command.argv],
    cwd: run.root,
    env: { ...run.env, ...command.env },
    timeoutMs,
    maxBytes,
    signal: run.signal,
    mark: run.mark,
    places: [run.root],
  });
  run.signal.throwIfAborted();
  const kept = `$ ${name}\n${program.combined}\n`;
  const log = join(run.dir, 'setup.log');
  await appendFile(log, run.redactor?.text(kept) ?? kept, { mode: 0o600 });
  if (program.exitCode === 0) return program.stdout;
  const how = program.timedOut
    ? `did not end within ${timeoutMs / 60_000} minutes`
    : program.exitCode === null
      ? `was ended by ${program.signal}`
      : `failed with exit code ${program.exitCode}`;
  const end = cleanText(program.combined).trim().slice(-shownLength);
  throw new AoError(
    'failed',
    `The setup command \`${name}\` ${how}.${end === '' ? '' : `\n${end}`}`,
    'Run it in a fresh clone to see why, or give another command with --setup.',
  );
}

/** Rejects where a program that the project needs is not installed. */
export async function requireTool(run: SetupRun, tool: string, because: string): Promise<void> {
  const found = await findExecutable(tool, run.root, run.env);
  if (found.path !== null) return;
  throw new AoError(
    'failed',
    `The project has ${because}, but ${tool} was not found.`,
    `Install ${tool}, or give your own command with --setup.`,
  );
}
