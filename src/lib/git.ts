import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cleanText } from './clean-text.ts';
import { environmentFor, settingsAsArguments } from './git-settings.ts';

export interface GitOptions {
  gitDir?: string;
  /** With `gitDir`: the directory whose files are meant. Git runs there. */
  workTree?: string;
  indexFile?: string;
  cwd?: string;
  input?: string | Uint8Array;
  /** Added to an environment that holds nothing of ours but PATH. */
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** Of standard output. More is an error, or with `cut` the end of what is read. Default: 256 MiB. */
  maxBytes?: number;
  cut?: boolean;
  /** Read the user's own configuration too, as git does for them. Only to ask; nothing is to run with it. */
  asUser?: boolean;
  /** Exit codes that are answers and no errors; 0 always is one. */
  allowExit?: readonly number[];
}

export interface GitResult {
  exitCode: number;
  stdout: Buffer;
  stderr: string;
  /** True where `maxBytes` ended it. */
  cut: boolean;
}

/** What git said when it failed, cleaned: it may quote what an agent wrote. */
export class GitError extends Error {
  /** null when it could not be started, or was ended by us. */
  readonly exitCode: number | null;

  constructor(message: string, exitCode: number | null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GitError';
    this.exitCode = exitCode;
  }
}

export type Git = (args: readonly string[], options?: GitOptions) => Promise<GitResult>;

/** How the other end of a fetch or a push is started: git passes the first word to a shell, so it is a constant. */
export const uploadPack =
  "git -c 'safe.directory=*' -c core.hooksPath=/dev/null -c core.fsmonitor=false upload-pack";

/** For pushes into the user's repository: nothing runs there, and a clean checkout of the branch follows. */
export const receivePack =
  "git -c 'safe.directory=*' -c receive.denyCurrentBranch=updateInstead -c core.hooksPath=/dev/null" +
  ' -c core.fsmonitor=false -c core.alternateRefsCommand=true -c receive.denyNonFastForwards=true -c receive.autogc=false -c gc.auto=0' +
  ' -c maintenance.auto=false receive-pack';

/** From SIGTERM, on which git removes its lock files, to SIGKILL. */
const graceMs = 2000;

/** Runs git without anything of the user's or the machine's configuration. Rejects with a GitError. */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const result = await runGit(args, options);
  if (result.exitCode === 0 || result.cut || options.allowExit?.includes(result.exitCode)) return result;
  throw new GitError(`git ${args[0] ?? ''}: ${reasonIn(result)}`, result.exitCode);
}

/** The same with errors of the caller's own kind. */
export function gitWith(fail: (message: string, cause: GitError) => Error): Git {
  return async (args, options) => {
    try {
      return await git(args, options);
    } catch (error) {
      throw error instanceof GitError ? fail(error.message, error) : error;
    }
  };
}

function reasonIn(result: GitResult): string {
  const text = cleanText(result.stderr).trim() || cleanText(result.stdout.toString('utf8', 0, 4096)).trim();
  const lines = text.split('\n').filter((line) => !/^(hint|warning): /.test(line));
  return lines.slice(0, 12).join('\n') || `it ended with code ${result.exitCode}`;
}

function runGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const maxBytes = options.maxBytes ?? 256 << 20;
  const cwd = options.cwd ?? options.workTree ?? options.gitDir ?? '/';
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(ended(args, options.signal));
    const child = spawn('git', options.asUser ? [...args] : [...settingsAsArguments, ...args], {
      cwd,
      env: environmentFor(options),
      detached: true, // a process group of its own, so that what it starts can be ended with it
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let stopped: 'full' | 'abort' | null = null;
    let killing: NodeJS.Timeout | undefined;
    const stop = (why: 'full' | 'abort'): void => {
      stopped ??= why;
      killing ??= endGroup(child.pid);
    };
    const onAbort = (): void => stop('abort');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      if (size < maxBytes) out.push(chunk.subarray(0, maxBytes - size));
      size += chunk.length;
      if (size > maxBytes) stop('full');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (err.length < 256) err.push(chunk);
    });
    child.stdin.on('error', () => {}); // git need not read its input
    child.stdin.end(options.input);
    child.once('error', (error) => {
      options.signal?.removeEventListener('abort', onAbort);
      // The system's words are the same for a missing program and a missing directory.
      const why = existsSync(cwd) ? error.message : `there is no ${cwd} any more`;
      reject(new GitError(`git cannot be started: ${why}`, null, { cause: error }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(killing);
      options.signal?.removeEventListener('abort', onAbort);
      const cut = stopped === 'full' && options.cut === true;
      if (stopped === 'abort' && options.signal) return reject(ended(args, options.signal));
      if (stopped === 'full' && !cut) return reject(tooMuch(args, maxBytes));
      if (code === null && !cut) return reject(new GitError(`git ${args[0]} was ended by ${signal}`, null));
      return resolve({
        exitCode: code ?? 0,
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(err).toString(),
        cut,
      });
    });
  });
}

/** The timer must be cleared once the group has ended, because its id may then be another's. */
function endGroup(pid: number | undefined): NodeJS.Timeout | undefined {
  if (pid === undefined) return undefined;
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // the whole group has ended
    }
  };
  send('SIGTERM');
  return setTimeout(send, graceMs, 'SIGKILL').unref();
}

function ended(args: readonly string[], signal: AbortSignal): Error {
  const { reason } = signal;
  if (!(reason instanceof Error)) return new GitError(`git ${args[0]} was called off`, null);
  if (reason.name !== 'TimeoutError') return reason;
  return new GitError(`git ${args[0]} took too long and was ended`, null, { cause: reason });
}

function tooMuch(args: readonly string[], maxBytes: number): GitError {
  return new GitError(`git ${args[0]} has more than ${maxBytes >> 20} MiB to say`, null);
}
