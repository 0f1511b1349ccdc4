import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { environmentFor, settingsAsArguments } from './git-settings.ts';

export type HeldGit = ChildProcessByStdio<Writable, Readable, null>;

/**
 * A git command that answers on its standard output as long as it is asked on its standard input, with nothing of the
 * user's or the machine's configuration. It keeps no process from ending, and ends with ours: its input is closed then.
 */
export function holdGit(args: readonly string[], options: { gitDir: string }): HeldGit {
  const child = spawn('git', [...settingsAsArguments, ...args], {
    cwd: options.gitDir,
    env: environmentFor(options),
    detached: true, // a key pressed in our terminal is not meant for it
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) if (pipe instanceof Socket) pipe.unref();
  return child;
}
