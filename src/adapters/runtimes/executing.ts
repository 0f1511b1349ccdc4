import { stat } from 'node:fs/promises';
import { AoError } from '../../domain/errors.ts';
import type { RuntimeHandle } from '../../domain/task.ts';
import { findExecutable } from '../../lib/executable.ts';
import { enterPidNamespace } from '../../lib/pid-namespace.ts';
import { pidsOf, readArguments, readStartTime } from '../../lib/process-table.ts';
import { findMarked } from '../../lib/process-tree.ts';
import type { StartSpec } from '../../ports/runtime.ts';
import type { DirectoryChanges } from './directory-changes.ts';
import { lastOutputLine, readAgentPid, readExit } from './session-files.ts';
import { innerShell } from './wrapper.ts';

/** A machine under heavy load is slow to start a program; longer than this is an error. */
const startMs = 30_000;

/** The file that a session's program is, as the environment of the session finds it. */
export async function resolveProgram(spec: StartSpec): Promise<string> {
  const name = spec.argv[0] ?? '';
  if (name === '') throw new AoError('usage', 'There is no program to start.', 'Give the agent a command.');
  const directory = await stat(spec.cwd).catch(() => null);
  if (!directory?.isDirectory()) throw new AoError('failed', `${spec.cwd} is not a directory.`);
  const found = await findExecutable(name, spec.cwd, spec.env);
  if (found.path !== null) return found.path;
  if (found.why === 'missing') {
    throw new AoError(
      'failed',
      `${name} was not found.`,
      `Install ${name}, or put it on the PATH that ao is called with.`,
    );
  }
  throw new AoError('failed', `${name} is not executable.`, `Make it executable: chmod +x ${name}`);
}

/** What puts the session into a pid namespace, or null: where nobody asked for one, or the machine has none. */
export async function namespaceFor({ isolated = false }: StartSpec): Promise<readonly string[] | null> {
  if (!isolated) return null;
  return enterPidNamespace(process.env['PATH'] ?? '').catch(() => null); // `ao doctor` says why
}

/** The process that knows itself by the pid that the agent wrote down, or null. In a namespace we know it by another. */
export async function findAgent(mark: string, ownPid: number): Promise<number | null> {
  const isAgent = (pid: number): boolean => {
    const pids = pidsOf(pid);
    return pids.length <= 2 && pids.at(-1) === ownPid;
  };
  return (await findMarked(mark)).find((row) => isAgent(row.pid))?.pid ?? null;
}

export function argumentsTooLong(program: string, cause?: unknown): AoError {
  const hint = 'Pass the task as {promptFile} or on standard input instead of {prompt}.';
  const message = `The arguments for ${program} are too long for the system.`;
  return new AoError('failed', message, hint, { cause });
}

/** What a handle says of the input. */
export function inputOf({ input }: Pick<StartSpec, 'input'>): Pick<RuntimeHandle, 'takesInput'> {
  return input === null ? { takesInput: true } : {};
}

export interface Starting {
  handle: RuntimeHandle;
  program: string;
  inNamespace: boolean;
  /** Of the session's pid and exit status. */
  changes: DirectoryChanges;
  /** Resolves when all that the failed start printed is in the session's output. */
  untilWhole(): Promise<void>;
}

/** Exec leaves no event behind, so the agent's command line is read until it is no longer the shell's. */
export async function untilExecuting(starting: Starting): Promise<void> {
  const { handle, program, changes, untilWhole } = starting;
  const signal = AbortSignal.timeout(startMs);
  let running: number | null = null;
  for (let pause = 1; !signal.aborted; pause = Math.min(pause * 2, 50)) {
    const alive = (await readStartTime(handle.pid)) !== null;
    // Before the pid, which has the last word by the time that a status is there.
    const ended = await readExit(handle.dir);
    const agent = await readAgentPid(handle.dir);
    if (agent === 'failed') {
      await untilWhole();
      const reason = (await lastOutputLine(handle.dir)).replace(/^ao-agent: /, '');
      throw new AoError(
        'failed',
        `${program} could not be executed: ${reason}`,
        'Check its first line (#!…) and its format.',
      );
    }
    if (ended) return;
    if (agent !== null) running ??= starting.inNamespace ? await findAgent(handle.mark, agent) : agent;
    if (running !== null) {
      const command = await readArguments(running);
      if (command !== null && !command.includes(innerShell)) return;
    }
    if (!alive) throw new AoError('failed', `${program} was ended from outside while it started.`);
    await changes.next(pause, signal);
  }
  throw new AoError(
    'failed',
    `${program} did not start within ${startMs / 1000} seconds.`,
    'The machine may be overloaded.',
  );
}
