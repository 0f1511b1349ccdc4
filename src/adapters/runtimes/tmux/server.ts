import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AoError } from '../../../domain/errors.ts';
import type { Terminal } from '../../../domain/task.ts';

const run = promisify(execFile);
/** A server answers at once, or hangs. */
const timeoutMs = 20_000;

export type Command = readonly string[];

/**
 * Runs commands on the server of that socket by one call of tmux, which may read `input`; a server is started where none
 * runs and one of the commands is `start-server`. The user's tmux, its configuration and its servers are left alone.
 * Resolves with what was printed.
 */
export async function tmux(socket: string, commands: readonly Command[], input = ''): Promise<string> {
  const words = commands.flatMap((command, index) => [
    ...(index === 0 ? [] : [';']),
    // A semicolon at the end of a word would end the command.
    ...command.map((word) => word.replace(/;$/, '\\;')),
  ]);
  const { TMUX: _, ...env } = process.env;
  const options = { cwd: '/', env, timeout: timeoutMs };
  const called = run('tmux', ['-S', socket, '-f', '/dev/null', ...words], options);
  called.child.stdin?.on('error', () => {}); // where tmux ended before it read: its status tells
  called.child.stdin?.end(input);
  return (await called).stdout;
}

/** Rejects when tmux is not installed. */
export async function tmuxReady(): Promise<void> {
  await run('tmux', ['-V'], { timeout: timeoutMs }).catch((error: unknown) => {
    throw tmuxError(error, 'be run');
  });
}

/** What a failed call means, in a sentence. */
export function tmuxError(cause: unknown, failed = 'start a terminal'): AoError {
  if (codeOf(cause) === 'ENOENT') {
    const hint = 'Install tmux (apt install tmux, brew install tmux), or leave out --runtime tmux.';
    return new AoError('failed', 'tmux was not found.', hint, { cause });
  }
  const said = saidBy(cause) || (cause instanceof Error ? cause.message : String(cause));
  return new AoError('failed', `tmux could not ${failed}: ${said}`, null, { cause });
}

/** True when the server ended before it answered: killed, or done with its last session at that moment. */
export function isServerLost(error: unknown): boolean {
  return /server exited|lost server|no server running|error connecting/.test(saidBy(error));
}

/** Takes a session and its pane from its server. That there is none, or no server or tmux any more, is no error. */
export async function removeSession({ socket, session }: Terminal): Promise<void> {
  try {
    await tmux(socket, [['kill-session', '-t', `=${session}`]]);
  } catch (error) {
    if (typeof codeOf(error) !== 'number' && codeOf(error) !== 'ENOENT')
      throw tmuxError(error, 'remove a terminal');
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

function saidBy(error: unknown): string {
  return error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
}
